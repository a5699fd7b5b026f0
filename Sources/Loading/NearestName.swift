/// The known name that a misspelt one most likely means.
///
/// The distance is that of Damerau and Levenshtein with adjacent transpositions (optimal string alignment), without regard
/// to case; a name further away than a third of its length is no suggestion. Ties go to the earlier name.
///
/// - Parameters:
///   - name: the name as it was written.
///   - known: the names there are.
/// - Returns: the nearest one, or `nil` when none is near.
package func nearestName(to name: String, among known: [String]) -> String? {
  let written = Array(name.lowercased())
  var best: (name: String, distance: Int)?
  for candidate in known {
    let letters = Array(candidate.lowercased())
    let distance = editDistance(written, letters)
    guard distance <= max(1, max(written.count, letters.count) / 3) else { continue }
    if distance < best?.distance ?? .max { best = (candidate, distance) }
  }
  return best?.name
}

private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
  var older: [Int] = []
  var previous = Array(0...right.count)
  for row in left.indices {
    var current = [row + 1]
    for column in right.indices {
      let substitution = previous[column] + (left[row] == right[column] ? 0 : 1)
      var least = min(substitution, previous[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        least = min(least, older[column - 1] + 1)
      }
      current.append(least)
    }
    older = previous
    previous = current
  }
  return previous[right.count]
}
