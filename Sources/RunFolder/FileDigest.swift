import Crypto
import Foundation
import Reports

/// The fingerprint of a file: its name, its length and the SHA-256 of its bytes (FIPS 180-4).
public struct FileDigest: Hashable, Sendable {
  /// The name by which the file was given.
  public let name: String
  /// How many bytes it holds.
  public let byteCount: Int
  /// The hash, 64 hexadecimal digits in lower case.
  public let sha256: String

  /// The fingerprint of bytes that are at hand.
  ///
  /// - Parameters:
  ///   - name: the name by which the file was given.
  ///   - bytes: the whole file.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    byteCount = bytes.count
    sha256 = Self.hexadecimal(SHA256.hash(data: bytes))
  }

  /// The fingerprint of a file on disk, read piece by piece.
  ///
  /// - Parameter path: where it is; also its name.
  /// - Throws: ``RunFolderError/cannotRead(path:reason:)``.
  public init(ofFileAt path: String) throws(RunFolderError) {
    var hash = SHA256()
    var count = 0
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      while let piece = try handle.read(upToCount: Self.pieceSize), !piece.isEmpty {
        hash.update(data: piece)
        count += piece.count
      }
    } catch {
      throw .cannotRead(path: path, reason: obstacle(error))
    }
    name = path
    byteCount = count
    sha256 = Self.hexadecimal(hash.finalize())
  }

  var json: JSONValue {
    ["name": .string(name), "bytes": .integer(byteCount), "sha256": .string(sha256)]
  }

  private static let pieceSize = 1 << 20

  private static func hexadecimal(_ digest: SHA256Digest) -> String {
    digest.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
