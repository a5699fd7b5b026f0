import Foundation
import RunFolder
import Testing

@Suite("File digest")
struct FileDigestTests {
  // FIPS 180-4 examples (NIST, Cryptographic Standards and Guidelines: SHA256.pdf), and the empty message.
  @Test(
    "published hashes",
    arguments: [
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ])
  func published(text: String, hash: String) {
    let digest = FileDigest(name: "x", bytes: Array(text.utf8))
    #expect(digest.sha256 == hash)
    #expect(digest.byteCount == text.utf8.count)
  }

  @Test("a file read piece by piece has the hash of its bytes")
  func pieces() throws {
    try withFolder { folder in
      let bytes = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
      let path = folder.appendingPathComponent("big").path
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      #expect(try FileDigest(ofFileAt: path) == FileDigest(name: path, bytes: bytes))
    }
  }

  @Test("a file that is not there is an error that names it")
  func missing() {
    #expect(throws: RunFolderError.cannotRead(path: "/nowhere/x", reason: "no such file or folder")) {
      try FileDigest(ofFileAt: "/nowhere/x")
    }
  }
}
