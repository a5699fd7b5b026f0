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
      as of           2022-11-01
      market value    59,500 USD net; gross notional 40,000 USD
      scenarios       100,000 draws a law, seed 7
      judged on       studentT(4) 1 d, sample covariance over 500 observations, with random numbers of its own
                      the 30 moves that followed the as-of date
      close-out cost  0.50 % of a liquidated pool's gross notional
      compared with   cross

      What each regime demands (USD)
                                                        MM/equity                IM     capital
      regime       equity     IM  ± sim  ± cal     MM  worst pool  status   in cash  efficiency
      ─────────────────────────────────────────────────────────────────────────────────────────
      cross        54,500  4,000      –      –  2,000       3.7 %  healthy    4,000       0.0 %
      segregated   59,500  4,000      –      –  2,000      21.1 %  healthy    4,000       0.0 %
      gaussian-99  59,500  1,200     12     99    600       1.0 %  healthy    1,188      70.3 %
      student-99   59,500  1,400      0  1,200    700       1.2 %  healthy        –           –

      How safe each answer is: 100,000 draws of 1 d; uncovered losses in USD, the mean over all draws
                   as held ──────────────────────────  IM in cash ──────────────────────────────
                                     call/                            mean            largest in
      regime       restricted  liquidation   bankrupt  bankrupt  uncovered  ± sim  100,000 draws
      ──────────────────────────────────────────────────────────────────────────────────────────
      cross          0.0120 %     0.0100 %  < 0.004 %  0.0090 %       0.12   0.02          4,322
      segregated      2.345 %      1.234 %   0.0560 %  0.0090 %       0.12   0.02          4,322
      gaussian-99           –            –          –   1.051 %       5.43   0.35         12,346
      student-99            –            –          –         –          –      –              –

      What really followed: each later move of 1 d on today's book; uncovered losses in USD
                   as held ────────────────────────  IM in cash ────────
                         call/                worst                worst
      regime       liquidation  bankrupt  uncovered  bankrupt  uncovered
      ──────────────────────────────────────────────────────────────────
      cross            0 of 30   0 of 30          0   0 of 30          0
      segregated             –         –          –         –          –
      gaussian-99            –         –          –         –          –
      student-99             –         –          –         –          –

      How far prices may move before positions are closed, everything else unchanged
                   the whole market  one asset alone
      regime        fall       rise   fall     rise
      ───────────────────────────────────────────────
      cross        never      never  never    never
      segregated       –          –      –        –
      gaussian-99      –          –      –        –
      student-99       –          –      –        –

      Difference to cross under common random numbers (USD)
                   as held ────────────  IM in cash ─────────────  in words ──────────────────────
                                                      mean
      regime           IM  ± sim  ± cal      IM  uncovered  ± sim  asks for  leaves uncovered
      ────────────────────────────────────────────────────────────────────────────────────────────
      segregated        0      –      –       0          0      0  the same  no difference visible
      gaussian-99  -2,800     12     99  -2,813       5.31   0.34  less      more
      student-99   -2,600      –  1,200       –          –      –  –         –

      What decides the initial margin
      cross        charge
      segregated   charge; 2 pools, the most strained is USDT: MM 2,000 of equity 9,500 USD, healthy
      gaussian-99  charge
      student-99   charge

      Regimes that have no number for this account
      historical-99  SOL1 has 385 of the 500 observations this regime needs; shorten the look-back, leave the asset out, or
                     name a proxy in the study's models

      Value-at-risk margin runs from 1,200 USD (gaussian-99) to 1,400 USD (student-99): the choice of model alone is worth 200
      USD.

      What one change does (USD; a difference is after less before)
                                             IM ────────────────────────────  equity ───
      change                    regime       after  difference  ± sim  ± cal  difference
      ──────────────────────────────────────────────────────────────────────────────────
      trade -0.5 BTC/USDT:USDT  cross        5,250       1,250      –      –      -12.50
                                gaussian-99  1,101        -100    4.6     31           –
                                student-99       –           –      –      –           –

      Data behind the scenarios (the dates on which its moves end)
      - historical 1 d, 4 observations: 2022-10-22 to 2022-10-25; LUNA has 2 of 4, 2022-10-23 to 2022-10-24, 1 left out as
        dust

      Notes
      - basis held constant for BTC: the study names no basis model
      - segregated: no multiple of the account's own collateral up to 64 meets the initial margin
      - student-99: not judged: a note that is long enough to be broken into more than one line of the page, which it is
      - assumptions of the regimes: plimsoll regimes, plimsoll explain, run.json

      How to read this
      IM, MM        initial margin, needed to add risk; maintenance margin, at which positions are closed
      ± sim, ± cal  one standard error, from the number of scenarios and from the length of history
      MM/equity     in the most strained pool, equity as the regime counts it
      IM in cash    IM recomputed with the collateral replaced by USD cash and positions marked to market
      efficiency    1 less IM in cash over that under cross; above zero ties up less capital
      restricted    equity below the IM; margin call and liquidation: at the regime's own levels
      bankrupt      market value below zero; the loss beyond the collateral is uncovered, somebody else bears it
      fall, rise    the first move at which a pool is liquidated, brackets and tiers read again on the way; never: at none
      in words      on the cash view; a difference of uncovered losses within two standard errors is not visible
      < x %, > x %  it never happened, or always; the bound holds with 97.5 % confidence

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
    #expect(coloured.contains("\u{1B}[31mmore\u{1B}[0m"))
    var plain = coloured
    for code in ["[31m", "[32m", "[33m", "[0m"] { plain = plain.split(separator: "\u{1B}" + code).joined() }
    #expect(plain == ComparisonTable(comparison).text)
  }

  @Test("call and liquidation share a column only where no regime tells them apart")
  func levels() throws {
    let text = ComparisonTable(try variant(calls: 11)).text
    let realised = try #require(text.split(separator: "What really followed").last)
    let safety = try #require(
      text.split(separator: "How safe").last?.split(separator: "What really followed").first)
    #expect(safety.contains("margin"))
    #expect(!safety.contains("call/"))
    #expect(realised.contains("call/"))
    #expect(!ComparisonTable(try Sample.comparison()).text.contains("    margin"))
  }

  @Test("a margin has the same digits wherever it stands")
  func rounding() throws {
    let text = ComparisonTable(try variant(highest: 1_437)).text
    #expect(text.contains("to 1,400 USD (student-99): the choice of model alone is worth 200"))
  }

  /// The sample with other calls of its first regime as held, and another upper end of the range of models.
  private func variant(calls: Int = 10, highest: Double = 1_400) throws -> RegimeComparison {
    let full = try Sample.comparison()
    let results = full.results.enumerated().map { index, result in
      let safety = result.safety.map { one in
        guard index == 0, one.judge == .model, one.view == .asHeld else { return one }
        return SafetyAssessment(
          judge: one.judge, view: one.view, restricted: one.restricted,
          marginCall: EventProbability(count: calls, scenarios: 100_000, lower: 0, upper: 1),
          liquidation: one.liquidation, bankruptcy: one.bankruptcy, uncoveredLoss: one.uncoveredLoss,
          uncoveredLossGivenBankruptcy: nil, worstUncoveredLoss: 0, differenceToReference: nil)
      }
      return RegimeResult(
        regime: result.regime, assessment: result.assessment, initial: result.initial,
        maintenance: result.maintenance, differenceToReference: result.differenceToReference,
        needs: result.needs, safety: safety, notes: result.notes)
    }
    return RegimeComparison(
      study: full.study, account: full.account, settings: full.settings, netMarketValue: 59_500,
      grossNotional: 40_000, results: results, refusals: [],
      modelRange: (
        lowest: RegimeAmount(regime: "gaussian-99", amount: 1_200),
        highest: RegimeAmount(regime: "student-99", amount: highest)
      ), tails: [], covariances: [], coverage: [], changes: [], notes: [])
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
