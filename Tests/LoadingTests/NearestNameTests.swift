import Loading
import Testing

struct NearestNameTests {
  @Test(arguments: [
    ("quantty", "quantity"), ("qauntity", "quantity"), ("Quantity", "quantity"), ("levrage", "leverage"),
    ("entri", "entry"),
  ])
  func findsWhatWasMeant(_ written: String, _ meant: String) {
    let known = ["contract", "quantity", "entry", "leverage"]
    #expect(nearestName(to: written, among: known) == meant)
  }

  @Test func staysSilentWhenNothingIsNear() {
    #expect(nearestName(to: "entry_price", among: ["contract", "entry", "mark"]) == nil)
    #expect(nearestName(to: "x", among: []) == nil)
  }

  @Test func transposedNeighboursAreOneStepAndTiesGoToTheEarlierName() {
    #expect(nearestName(to: "BCT", among: ["BCH", "BTC"]) == "BCH")
    #expect(nearestName(to: "form", among: ["from", "farm"]) == "from")
  }
}
