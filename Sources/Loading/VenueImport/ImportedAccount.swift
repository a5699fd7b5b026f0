public import Instruments
public import Margin

/// What a venue's own payloads tell of one account.
public struct ImportedAccount: Hashable, Sendable {
  /// The account.
  public let account: Account
  /// Which answers were read, in the order of the files.
  public let formats: [VenueFormat]
  /// What has no place in an account; nothing is dropped without standing here.
  public let unmapped: [UnmappedField]
  /// What the payloads do not say and had to be put in its place.
  public let assumptions: [ImportAssumption]
  /// The venue's own figures.
  public let answer: [VenueFigure]
  /// The venue's own scenario profits.
  public let recorded: RecordedProfits
}

/// What the user says of payloads that they do not say themselves.
public struct ImportOptions: Hashable, Sendable {
  /// Whose payloads they are; `nil` lets their shape tell.
  public var venue: Venue?
  /// The account's name; `nil` takes the venue's.
  public var id: String?
  /// The moment the account describes; `nil` takes the payloads' own.
  public var asOf: Timestamp?

  /// Says what is known.
  ///
  /// - Parameters:
  ///   - venue: whose payloads they are; `nil` lets their shape tell.
  ///   - id: the account's name; `nil` takes the venue's.
  ///   - asOf: the moment the account describes; `nil` takes the payloads' own.
  public init(venue: Venue? = nil, id: String? = nil, asOf: Timestamp? = nil) {
    self.venue = venue
    self.id = id
    self.asOf = asOf
  }
}

extension ImportedAccount {
  /// Reads files of one account together.
  ///
  /// - Parameters:
  ///   - files: the files as their user named them; at least one.
  ///   - options: what the user says of them.
  /// - Throws: ``LoadError`` with every problem of every file.
  public init(contentsOf files: [String], options: ImportOptions = ImportOptions()) throws(LoadError) {
    var collector = LoadCollector()
    let documents = files.compactMap { file in
      collector.collect { () throws(LoadError) in
        try SourceDocument(payload: InputFile.text(of: file), file: file)
      }
    }
    try self.init(documents, options: options, &collector)
  }

  /// Reads texts of one account together.
  ///
  /// - Parameters:
  ///   - texts: the name under which a text's problems are reported, and the text.
  ///   - options: what the user says of them.
  /// - Throws: ``LoadError`` with every problem of every text.
  public init(texts: [(file: String, text: String)], options: ImportOptions = ImportOptions())
    throws(LoadError)
  {
    var collector = LoadCollector()
    let documents = texts.compactMap { text in
      collector.collect { () throws(LoadError) in try SourceDocument(payload: text.text, file: text.file) }
    }
    try self.init(documents, options: options, &collector)
  }

  private init(
    _ documents: [SourceDocument], options: ImportOptions, _ collector: inout LoadCollector
  ) throws(LoadError) {
    var files = documents.map { PayloadFile($0) }
    let sizes = files.reduce(into: [String: Double]()) { sizes, file in
      sizes.merge(file.contractSizes) { first, _ in first }
    }
    for index in files.indices { files[index].read(sizes: sizes, venue: options.venue) }
    collector.add(files.flatMap(\.reader.problems))
    collector.add(Self.strangers(among: files, venue: options.venue))
    let formats = files.flatMap { $0.payloads.map(\.format) }
    var draft = AccountDraft()
    for file in files { draft.append(file.reader.draft) }
    var assembly = AccountAssembly(
      draft, options: options, formats: formats,
      firstPlace: files.first.map { $0.reader.place($0.reader.root) })
    let account = assembly.account()
    let recorded = assembly.recorded(for: account)
    collector.add(assembly.problems)
    try collector.finish()
    self.account = account
    self.formats = formats
    unmapped = files.flatMap { $0.reader.unmapped() } + assembly.unmapped
    assumptions = assembly.assumptions
    answer = draft.figures
    self.recorded = recorded
  }

  /// Payloads of another venue than the first, or than the user says.
  private static func strangers(among files: [PayloadFile], venue: Venue?) -> [LoadProblem] {
    var known = venue
    var problems: [LoadProblem] = []
    for file in files {
      for payload in file.payloads {
        guard let own = payload.format.venue else { continue }
        if let known, known != own {
          let words = "this is the answer of \(payload.format.rawValue), not of \(known)"
          problems.append(file.reader.place(payload.envelope).problem(.rule(words)))
        }
        known = known ?? own
      }
    }
    return problems
  }
}

extension SourceDocument {
  /// Parses a payload; JSON may be indented by tabs, which YAML does not allow.
  fileprivate init(payload text: String, file: String) throws(LoadError) {
    let plain = text.utf8.contains(9) ? String(text.map { $0 == "\t" ? " " : $0 }) : text
    try self.init(text: plain, file: file)
  }
}

/// One file and the answers in it.
private struct PayloadFile {
  var reader: PayloadReader
  let payloads: [VenuePayload]

  init(_ document: SourceDocument) {
    reader = PayloadReader(document)
    switch VenuePayload.found(in: reader.root) {
    case .success(let found): payloads = found
    case .failure(let refusal):
      payloads = []
      reader.report(refusal.fault, at: refusal.node)
    }
  }

  /// The sizes of contracts, where the file is a list of them.
  var contractSizes: [String: Double] {
    var copy = reader
    return payloads.filter { $0.format == .okxInstruments }.reduce(into: [:]) { sizes, payload in
      sizes.merge(copy.okxContractSizes(payload.content)) { first, _ in first }
    }
  }

  mutating func read(sizes: [String: Double], venue: Venue?) {
    for payload in payloads { reader.read(payload, sizes: sizes, venue: venue) }
  }
}

extension PayloadReader {
  /// Reads one answer into the draft.
  mutating func read(_ payload: VenuePayload, sizes: [String: Double], venue: Venue?) {
    let content = payload.content
    switch payload.format {
    case .deribitPositions: deribitPositions(content)
    case .deribitSummary: deribitSummaries(content)
    case .deribitSimulation: deribitSimulation(content)
    case .okxPositions: okxPositions(content, sizes: sizes)
    case .okxBalance: okxBalances(content)
    case .okxPositionBuilderRequest: okxPositionBuilderRequest(content, sizes: sizes)
    case .okxPositionBuilder: okxPositionBuilder(content, sizes: sizes)
    case .okxInstruments: _ = okxContractSizes(content)
    case .bybitPositions: bybitPositions(content)
    case .bybitWallet: bybitWallet(content)
    case .bybitPortfolioMargin: bybitPortfolioMargin(content)
    case .binancePositionRisk: binancePositions(content)
    case .binanceAccount: binanceAccount(content)
    case .binancePortfolioAccount: binancePortfolioAccount(content)
    case .binancePortfolioBalance: binancePortfolioBalances(content)
    case .ccxtPositions: ccxtPositions(content, sizes: sizes, venue: venue)
    case .ccxtBalance: ccxtBalance(content, sizes: sizes, venue: venue)
    case .ccxtOrders: ccxtOrders(content, sizes: sizes, venue: venue)
    }
    envelope(payload)
  }

  /// Reads when the venue answered.
  private mutating func envelope(_ payload: VenuePayload) {
    guard payload.envelope.node.position != payload.content.node.position else { return }
    moment("time", of: payload.envelope, .answer)
    moment("usOut", of: payload.envelope, .answer)
    for key in ["retCode", "code", "jsonrpc", "retMsg", "msg"] { use(key, of: payload.envelope) }
  }
}
