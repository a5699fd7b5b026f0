import Reports
import Testing

@Suite("covariance.csv")
struct CovarianceCSVTests {
  @Test("covariances, correlations, and the spectrum")
  func elements() throws {
    let file = try CovarianceCSV.file(of: try Sample.comparison())
    let expected = """
      study,account,law,used_by,metric,factor_i,factor_j,value,unit
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,covariance,spot:BTC,spot:BTC,0.0025,move²
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,covariance,spot:BTC,spot:USDT,0.00125,move²
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,covariance,spot:BTC,spot:USD1,0.0,move²
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,covariance,spot:USDT,spot:BTC,0.00125,move²
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,covariance,spot:USDT,spot:USDT,0.0025,move²
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,covariance,spot:USDT,spot:USD1,0.0,move²
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,covariance,spot:USD1,spot:BTC,0.0,move²
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,covariance,spot:USD1,spot:USDT,0.0,move²
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,covariance,spot:USD1,spot:USD1,0.0,move²
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,correlation,spot:BTC,spot:BTC,1.0,1
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,correlation,spot:BTC,spot:USDT,0.5,1
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,correlation,spot:BTC,spot:USD1,,1
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,correlation,spot:USDT,spot:BTC,0.5,1
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,correlation,spot:USDT,spot:USDT,1.0,1
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,correlation,spot:USDT,spot:USD1,,1
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,correlation,spot:USD1,spot:BTC,,1
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,correlation,spot:USD1,spot:USDT,,1
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,correlation,spot:USD1,spot:USD1,,1
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,smallest_eigenvalue,,,1.0,1
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,largest_eigenvalue,,,1.0,1
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,repair_distance,,,0.0,1
      demo,carry,"gaussian 1 d, sample covariance over 500 observations",gaussian-99,effective_observations,,,3.0,observations
      """
    #expect(lines(file).joined(separator: "\n") == expected)
  }
}
