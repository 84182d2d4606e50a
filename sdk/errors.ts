/** A scanner definition that cannot stand. The message is one sentence: what is wrong, where, and what to write instead. */
export class ScannerDefinitionError extends Error {
  readonly code = 'scanner_definition'
  /** Where in the definition, such as `params.minGap.default`; empty for the definition itself. */
  readonly path: string

  constructor(path: string, message: string) {
    super(message)
    this.name = 'ScannerDefinitionError'
    this.path = path
  }
}

/** A value given for a parameter that its scanner does not take. The message names the parameter and what it takes. */
export class ScannerParameterError extends Error {
  readonly code = 'scanner_parameter'
  readonly parameter: string

  constructor(parameter: string, message: string) {
    super(message)
    this.name = 'ScannerParameterError'
    this.parameter = parameter
  }
}
