import Reports
import Studies
import Testing

@Suite("Comparison table")
struct ComparisonTableTests {
  @Test("the page of a hand-made comparison, letter by letter")
  func page() throws {
    let text = ComparisonTable(try Sample.comparison()).text
    let expected = """
      demo: account carry
      Cash-and-carry: BTC held, the perpetual sold, so that what is left is the basis.
      as of             2022-11-01
      net market value  59,500 USD
      gross notional    40,000 USD
      scenarios         100,000 draws a law, seed 7
      judged on         studentT(4) 1 d, sample covariance over 500 observations, with random numbers of its own
                        the 30 moves that followed the as-of date
      close-out cost    0.50 % of a liquidated pool's gross notional
      compared with     cross

      What each regime demands (USD)

                                                                                          capital
      regime       family      equity     IM  ± sim  ± cal     MM  MM/equity  status   efficiency
      ───────────────────────────────────────────────────────────────────────────────────────────
      cross        cross       54,500  4,000      –      –  2,000      3.7 %  healthy       0.0 %
      segregated   segregated  59,500  4,000      –      –  2,000     21.1 %  healthy       0.0 %
      gaussian-99  VaR         59,500  1,200     12     99    600      1.0 %  healthy      70.3 %
      student-99   VaR         59,500  1,400      0  1,200    700      1.2 %  healthy           –

      How safe each answer is: probabilities and mean loss beyond the collateral (USD) after 1 d, 100,000 draws

                     as held:     as held:     as held:  IM in cash:     IM in cash:
      regime       restricted  margin call  liquidation     bankrupt  uncovered loss  ± sim   worst
      ─────────────────────────────────────────────────────────────────────────────────────────────
      cross          0.0120 %     0.0100 %     0.0100 %     0.0090 %            0.12   0.02   4,322
      segregated      2.345 %      1.234 %      1.234 %     0.0090 %            0.12   0.02   4,322
      gaussian-99           –            –            –      1.051 %            5.43   0.35  12,346
      student-99            –            –            –            –               –      –       –

      What really followed: each later move of 1 d on today's book

                     as held:     as held:     as held:  IM in cash:      IM in cash:
      regime       restricted  margin call  liquidation     bankrupt  worst uncovered
      ───────────────────────────────────────────────────────────────────────────────
      cross           0 of 30      0 of 30      0 of 30      0 of 30                0
      segregated            –            –            –            –                –
      gaussian-99           –            –            –            –                –
      student-99            –            –            –            –                –

      With the account's own collateral scaled until equity meets the IM (USD)

                   multiple of  market     capital            uncovered
      regime        collateral   value  efficiency  bankrupt       loss  ± sim
      ────────────────────────────────────────────────────────────────────────
      cross             0.0825   4,950       0.0 %         –          –      –
      segregated             –       –           –         –          –      –
      gaussian-99       0.0225   1,350      72.7 %         –          –      –
      student-99             –       –           –         –          –      –

      Difference to cross under common random numbers (USD; what two standard errors explain counts as none)

                                            IM in cash:
      regime           IM  ± sim  ± cal  uncovered loss  ± sim  in words
      ─────────────────────────────────────────────────────────────────────────────────────────────────────
      segregated        0      –      –               0      0  asks for the same, leaves as much uncovered
      gaussian-99  -2,800     12     99            5.31   0.34  asks for less, leaves more uncovered
      student-99   -2,600      –  1,200               –      –  asks for less

      What decides the initial margin

      cross        charge
      segregated   charge; 2 pools, the most strained is USDT: MM 2,000 of equity 9,500 USD, healthy
      gaussian-99  charge
      student-99   charge

      Regimes that have no number for this account

      historical-99  SOL1 has 385 of the 500 observations this regime needs; shorten the look-back, leave the asset
                     out, or name a proxy in the study's models

      Value-at-risk margin runs from 1,200 (gaussian-99) to 1,400 USD (student-99): the choice of model alone is worth
      200 USD.

      What one change does to the initial margin (USD)

      change                    regime       IM after  difference  ± sim  ± cal
      ─────────────────────────────────────────────────────────────────────────
      trade -0.5 BTC/USDT:USDT  cross           5,250       1,250      –      –
                                gaussian-99     1,101        -100    4.6     31
                                student-99          –           –      –      –

      Data behind the scenarios

      - historical 1 d, 4 observations: moves that end 2022-10-22 to 2022-10-25; LUNA has 2 of 4, 2022-10-23 to
        2022-10-24, 1 left out as dust

      Notes and assumptions

      - basis held constant for BTC: the study names no basis model
      - segregated: no multiple of the account's own collateral up to 64 meets the initial margin
      - student-99: not judged: a note that is long enough to be broken into more than one line of the page, which it
        is
      - cross: one haircut for all sizes
      - gaussian-99, student-99: returns have mean zero

      How to read this

      IM, MM        initial margin, needed to add risk; maintenance margin, at which positions are closed
      ± sim, ± cal  one standard error, from the number of scenarios and from the length of history
      MM/equity     utilisation of the most strained pool, equity as the regime counts it
      efficiency    1 less collateral needed over that under cross; above zero ties up less capital
      restricted    equity below the IM; margin call and liquidation: at the regime's own levels
      IM in cash    all collateral replaced by USD cash equal to the IM: each regime judged at what it asks for
      bankrupt      market value below zero; the loss beyond the collateral is uncovered, somebody else bears it
      <             it never happened; the bound holds with 97.5 % confidence

      """
    #expect(text == expected)
  }

  @Test("no line is wider than 120 columns and none ends in blanks")
  func width() throws {
    for line in ComparisonTable(try Sample.comparison()).text.split(separator: "\n") {
      #expect(line.count <= 120)
      #expect(line.last != " ")
    }
  }

  @Test("colour adds nothing but colour, and marks the least safe answer")
  func colour() throws {
    let comparison = try Sample.comparison()
    let coloured = ComparisonTable(comparison, style: .coloured).text
    #expect(coloured.contains("\u{1B}[32mhealthy\u{1B}[0m"))
    #expect(coloured.contains("\u{1B}[31m5.43\u{1B}[0m"))
    #expect(!coloured.contains("\u{1B}[31m0.12\u{1B}[0m"))
    #expect(coloured.contains("\u{1B}[31masks for less, leaves more uncovered\u{1B}[0m"))
    var plain = coloured
    for code in ["[31m", "[32m", "[33m", "[0m"] { plain = plain.split(separator: "\u{1B}" + code).joined() }
    #expect(plain == ComparisonTable(comparison).text)
  }

  @Test("a comparison in which every regime was refused is a page all the same")
  func nothingComputed() throws {
    let full = try Sample.comparison()
    let empty = RegimeComparison(
      study: full.study, account: full.account, settings: full.settings, netMarketValue: 0, grossNotional: 0,
      results: [], refusals: full.refusals, modelRange: nil, tails: [], covariances: [], coverage: [],
      changes: [],
      notes: [])
    let text = ComparisonTable(empty).text
    #expect(text.contains("Regimes that have no number for this account"))
    #expect(!text.contains("How safe"))
  }
}
