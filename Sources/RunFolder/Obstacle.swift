import Foundation

/// Why the system refused, in a few words.
func obstacle(_ error: any Error) -> String {
  switch (error as? CocoaError)?.code {
  case .fileReadNoPermission, .fileWriteNoPermission: "permission denied"
  case .fileNoSuchFile, .fileReadNoSuchFile: "no such file or folder"
  case .fileWriteFileExists: "it exists already"
  case .fileWriteOutOfSpace: "no space left on the device"
  case .fileWriteVolumeReadOnly: "the file system is read-only"
  case .fileWriteInvalidFileName, .fileReadInvalidFileName: "the name is not allowed"
  default: (error as NSError).localizedDescription
  }
}
