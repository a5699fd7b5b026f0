import Foundation
import Reports
import RunFolder
import Testing

@Suite("Run manifest")
struct RunManifestTests {
  @Test("run.json, letter by letter")
  func document() throws {
    let outputs = [FileDigest(name: "x.csv", bytes: [])]
    let expected = """
      {
        "schema": "plimsoll.run/1",
        "tool": {"name": "plimsoll", "version": "1.2.3"},
        "arguments": ["plimsoll", "compare", "demo.yaml"],
        "started": "1970-01-01T00:00:00Z",
        "finished": "1970-01-01T00:01:01Z",
        "seconds": 61.25,
        "seed": 18446744073709551615,
        "generator": "Philox4x32-10",
        "numeric_mode": {"kernel_class": "portable", "blas_core": "Haswell", "threads": "BLAS on one thread"},
        "counts": {"scenarios": 100000},
        "inputs": [
          {
            "name": "demo.yaml",
            "bytes": 3,
            "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
          }
        ],
        "outputs": [
          {
            "name": "x.csv",
            "bytes": 0,
            "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
          }
        ],
        "warnings": ["a warning"],
        "configuration": {"study": "demo"}
      }

      """
    #expect(
      String(decoding: try manifest(["a warning"]).json(outputs: outputs).bytes(), as: UTF8.self) == expected)
  }

  @Test("the hashes in run.json are those of the files beside it")
  func hashes() throws {
    try withFolder { folder in
      let files = [ReportFile(name: "a.csv", bytes: [1, 2, 3]), ReportFile(name: "b.csv", bytes: [])]
      try RunFolder.write(files, manifest: manifest(), to: folder.path, replacing: false)
      let data = try Data(contentsOf: folder.appendingPathComponent("run.json"))
      let parsed = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      let outputs = try #require(parsed["outputs"] as? [[String: Any]])
      #expect(outputs.count == 2)
      for output in outputs {
        let name = try #require(output["name"] as? String)
        let digest = try FileDigest(ofFileAt: folder.appendingPathComponent(name).path)
        #expect(output["sha256"] as? String == digest.sha256)
        #expect(output["bytes"] as? Int == digest.byteCount)
      }
    }
  }
}
