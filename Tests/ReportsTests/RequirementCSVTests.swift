import Reports
import Testing

@Suite("requirement.csv")
struct RequirementCSVTests {
  @Test("a regime without draws, in all views")
  func pooled() throws {
    let file = try RequirementCSV.file(of: try Sample.comparison())
    let expected = """
      study,account,regime,family,pool,view,metric,value,se_simulation,se_calibration,unit
      demo,carry,cross,crossCollateral,(all),asHeld,equity,54500.0,,,USD
      demo,carry,cross,crossCollateral,(all),asHeld,market_value,59500.0,,,USD
      demo,carry,cross,crossCollateral,(all),asHeld,initial_margin,4000.0,,,USD
      demo,carry,cross,crossCollateral,(all),asHeld,maintenance_margin,2000.0,,,USD
      demo,carry,cross,crossCollateral,(all),asHeld,headroom,50500.0,,,USD
      demo,carry,cross,crossCollateral,(all),asHeld,utilisation,0.03669724770642202,,,ratio
      demo,carry,cross,crossCollateral,(all),asHeld,status,0.0,,,0 healthy; 1 restricted; 2 margin call; 3 liquidation
      demo,carry,cross,crossCollateral,(all),asHeld,venue_ratio,0.03669724770642202,,,ratio
      demo,carry,cross,crossCollateral,(all),asHeld,initial_margin_difference,,,,USD
      demo,carry,cross,crossCollateral,account,asHeld,equity,54500.0,,,USD
      demo,carry,cross,crossCollateral,account,asHeld,market_value,59500.0,,,USD
      demo,carry,cross,crossCollateral,account,asHeld,initial_margin,4000.0,,,USD
      demo,carry,cross,crossCollateral,account,asHeld,maintenance_margin,2000.0,,,USD
      demo,carry,cross,crossCollateral,account,asHeld,headroom,50500.0,,,USD
      demo,carry,cross,crossCollateral,account,asHeld,utilisation,0.03669724770642202,,,ratio
      demo,carry,cross,crossCollateral,account,asHeld,status,0.0,,,0 healthy; 1 restricted; 2 margin call; 3 liquidation
      demo,carry,cross,crossCollateral,(all),cashAtRequirement,collateral_value,4000.0,,,USD
      demo,carry,cross,crossCollateral,(all),cashAtRequirement,capital_efficiency,0.0,,,ratio
      demo,carry,cross,crossCollateral,(all),ownAtRequirement,collateral_value,4950.0,,,USD
      demo,carry,cross,crossCollateral,(all),ownAtRequirement,collateral_scale,0.0825,,,ratio
      demo,carry,cross,crossCollateral,(all),ownAtRequirement,capital_efficiency,0.0,,,ratio
      """
    #expect(lines(file, "demo,carry,cross,").joined(separator: "\n") == expected)
  }

  @Test("a regime of two pools")
  func pools() throws {
    let file = try RequirementCSV.file(of: try Sample.comparison())
    let expected = """
      study,account,regime,family,pool,view,metric,value,se_simulation,se_calibration,unit
      demo,carry,segregated,segregated,(all),asHeld,equity,59500.0,,,USD
      demo,carry,segregated,segregated,(all),asHeld,market_value,59500.0,,,USD
      demo,carry,segregated,segregated,(all),asHeld,initial_margin,4000.0,,,USD
      demo,carry,segregated,segregated,(all),asHeld,maintenance_margin,2000.0,,,USD
      demo,carry,segregated,segregated,(all),asHeld,headroom,55500.0,,,USD
      demo,carry,segregated,segregated,(all),asHeld,utilisation,0.21052631578947367,,,ratio
      demo,carry,segregated,segregated,(all),asHeld,status,0.0,,,0 healthy; 1 restricted; 2 margin call; 3 liquidation
      demo,carry,segregated,segregated,(all),asHeld,venue_ratio,0.21052631578947367,,,ratio
      demo,carry,segregated,segregated,(all),asHeld,initial_margin_difference,0.0,,,USD
      demo,carry,segregated,segregated,BTC,asHeld,equity,50000.0,,,USD
      demo,carry,segregated,segregated,BTC,asHeld,market_value,50000.0,,,USD
      demo,carry,segregated,segregated,BTC,asHeld,initial_margin,0.0,,,USD
      demo,carry,segregated,segregated,BTC,asHeld,maintenance_margin,0.0,,,USD
      demo,carry,segregated,segregated,BTC,asHeld,headroom,50000.0,,,USD
      demo,carry,segregated,segregated,BTC,asHeld,utilisation,0.0,,,ratio
      demo,carry,segregated,segregated,BTC,asHeld,status,0.0,,,0 healthy; 1 restricted; 2 margin call; 3 liquidation
      demo,carry,segregated,segregated,USDT,asHeld,equity,9500.0,,,USD
      demo,carry,segregated,segregated,USDT,asHeld,market_value,9500.0,,,USD
      demo,carry,segregated,segregated,USDT,asHeld,initial_margin,4000.0,,,USD
      demo,carry,segregated,segregated,USDT,asHeld,maintenance_margin,2000.0,,,USD
      demo,carry,segregated,segregated,USDT,asHeld,headroom,5500.0,,,USD
      demo,carry,segregated,segregated,USDT,asHeld,utilisation,0.21052631578947367,,,ratio
      demo,carry,segregated,segregated,USDT,asHeld,status,0.0,,,0 healthy; 1 restricted; 2 margin call; 3 liquidation
      demo,carry,segregated,segregated,(all),cashAtRequirement,collateral_value,4000.0,,,USD
      demo,carry,segregated,segregated,(all),cashAtRequirement,capital_efficiency,0.0,,,ratio
      """
    #expect(lines(file, "demo,carry,segregated,").joined(separator: "\n") == expected)
  }

  @Test("a regime with both errors")
  func errors() throws {
    let file = try RequirementCSV.file(of: try Sample.comparison())
    let expected = """
      study,account,regime,family,pool,view,metric,value,se_simulation,se_calibration,unit
      demo,carry,gaussian-99,valueAtRisk,(all),asHeld,equity,59500.0,,,USD
      demo,carry,gaussian-99,valueAtRisk,(all),asHeld,market_value,59500.0,,,USD
      demo,carry,gaussian-99,valueAtRisk,(all),asHeld,initial_margin,1200.0,12.34,98.7,USD
      demo,carry,gaussian-99,valueAtRisk,(all),asHeld,maintenance_margin,600.0,6.17,49.35,USD
      demo,carry,gaussian-99,valueAtRisk,(all),asHeld,headroom,58300.0,12.34,98.7,USD
      demo,carry,gaussian-99,valueAtRisk,(all),asHeld,utilisation,0.010084033613445379,,,ratio
      demo,carry,gaussian-99,valueAtRisk,(all),asHeld,status,0.0,,,0 healthy; 1 restricted; 2 margin call; 3 liquidation
      demo,carry,gaussian-99,valueAtRisk,(all),asHeld,venue_ratio,0.010084033613445379,,,ratio
      demo,carry,gaussian-99,valueAtRisk,(all),asHeld,initial_margin_difference,-2800.0,12.34,98.7,USD
      demo,carry,gaussian-99,valueAtRisk,account,asHeld,equity,59500.0,,,USD
      demo,carry,gaussian-99,valueAtRisk,account,asHeld,market_value,59500.0,,,USD
      demo,carry,gaussian-99,valueAtRisk,account,asHeld,initial_margin,1200.0,,,USD
      demo,carry,gaussian-99,valueAtRisk,account,asHeld,maintenance_margin,600.0,,,USD
      demo,carry,gaussian-99,valueAtRisk,account,asHeld,headroom,58300.0,,,USD
      demo,carry,gaussian-99,valueAtRisk,account,asHeld,utilisation,0.010084033613445379,,,ratio
      demo,carry,gaussian-99,valueAtRisk,account,asHeld,status,0.0,,,0 healthy; 1 restricted; 2 margin call; 3 liquidation
      demo,carry,gaussian-99,valueAtRisk,(all),cashAtRequirement,collateral_value,1187.5,,,USD
      demo,carry,gaussian-99,valueAtRisk,(all),cashAtRequirement,capital_efficiency,0.703125,,,ratio
      demo,carry,gaussian-99,valueAtRisk,(all),ownAtRequirement,collateral_value,1350.0,,,USD
      demo,carry,gaussian-99,valueAtRisk,(all),ownAtRequirement,collateral_scale,0.0225,,,ratio
      demo,carry,gaussian-99,valueAtRisk,(all),ownAtRequirement,capital_efficiency,0.7272727,,,ratio
      """
    #expect(lines(file, "demo,carry,gaussian-99,").joined(separator: "\n") == expected)
  }
}
