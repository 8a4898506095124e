/**
 * Mutants that survive because they change nothing that anybody could see, with the reason. `npm run test:mutation`
 * fails for every survivor that is not here, and for every entry that nothing survives for.
 */
export interface EquivalentMutants {
  readonly why: string;
  readonly file: string;
  /** The changed code, and what it became; white space counts as one blank. Named as often as it survives. */
  readonly mutants: readonly (readonly [code: string, becomes: string])[];
}

const other = '"Stryker was here!"';

export const equivalentMutants: readonly EquivalentMutants[] = [
  {
    file: 'adapters/saml/acceptance.ts',
    why: 'The text for a missing instant: neither is one.',
    mutants: [
      ["''", other],
      ["''", other],
      ["''", other],
    ],
  },
  {
    file: 'adapters/saml/instants.ts',
    why: 'Date.parse takes nothing that has more behind its Z.',
    mutants: [
      [
        String.raw`/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,12})?Z$/`,
        String.raw`/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,12})?Z/`,
      ],
    ],
  },
  {
    file: 'adapters/saml/scan.ts',
    why: 'Only "refuse" is asked for; any other word drops comments.',
    mutants: [["'drop'", '""']],
  },
  {
    file: 'adapters/saml/scan.ts',
    why: 'The parser itself refuses a declaration without a version.',
    mutants: [['version !== undefined', 'true']],
  },
  {
    file: 'adapters/saml/scan.ts',
    why: 'Nothing else is thrown while the parser runs; if ever, it must not pass for a refusal.',
    mutants: [['error instanceof Refused', 'true']],
  },
  {
    file: 'adapters/saml/scan.ts',
    why: 'An element is open whenever one closes; the compiler cannot know.',
    mutants: [['current?.parent', 'current.parent']],
  },
  {
    file: 'adapters/saml/scan.ts',
    why: 'The parser itself refuses a document without an element; the compiler cannot know.',
    mutants: [
      ['!root', 'false'],
      [
        "{ return { ok: false, reason: 'not_well_formed', facts: { detail: 'no element' }, elementCount }; }",
        '{}',
      ],
      ["{ ok: false, reason: 'not_well_formed', facts: { detail: 'no element' }, elementCount }", '{}'],
      ['false', 'true'],
      ["'not_well_formed'", '""'],
      ["{ detail: 'no element' }", '{}'],
      ["'no element'", '""'],
    ],
  },
  {
    file: 'adapters/saml/second-parser.ts',
    why: 'Whatever is not HTML is XML for xmldom.',
    mutants: [["'text/xml'", '""']],
  },
  {
    file: 'adapters/saml/second-parser.ts',
    why: 'A function that ends without a word answers undefined, too.',
    mutants: [['{ return undefined; }', '{}']],
  },
  {
    file: 'adapters/saml/second-parser.ts',
    why: 'Text has neither a name nor a namespace, so it is no element that was expected, and none is it.',
    mutants: [
      [
        "typeof expected === 'string' || typeof child === 'string'",
        "typeof expected === 'string' && typeof child === 'string'",
      ],
      ["typeof expected === 'string'", 'false'],
      ["typeof child === 'string'", 'false'],
      ["'string'", '""'],
      ["'string'", '""'],
    ],
  },
  {
    file: 'adapters/saml/second-parser.ts',
    why: 'There are as many as were counted a line before; the compiler cannot know.',
    mutants: [
      ['child !== undefined', 'true'],
      ['!attribute', 'false'],
      ['false', 'true'],
    ],
  },
  {
    file: 'adapters/saml/posted-response.ts',
    why: 'Neither text is a document.',
    mutants: [["''", other]],
  },
  {
    file: 'adapters/saml/posted-response.ts',
    why: 'Nothing else is thrown there; if ever, it must not pass for an answer that cannot be read.',
    mutants: [['error instanceof ResponseRefused', 'true']],
  },
  {
    file: 'adapters/saml/signatures.ts',
    why: 'Only which pinned key is tried first: each is tried, and whichever fits says the same.',
    mutants: [
      ['keys.length > 1', 'false'],
      ['keys.length > 1', 'true'],
      ['keys.length > 1', 'keys.length <= 1'],
      ['keys.length > 1', 'keys.length >= 1'],
      ['!carried', 'true'],
      ['keys.filter((key) => key.sha256 === sha256Of(carried))', 'keys'],
      ['(key) => key.sha256 === sha256Of(carried)', '() => undefined'],
      ['key.sha256 === sha256Of(carried)', 'true'],
      ['key.sha256 === sha256Of(carried)', 'false'],
      ['key.sha256 === sha256Of(carried)', 'key.sha256 !== sha256Of(carried)'],
      ['keys.filter((key) => !likely.includes(key))', 'keys'],
    ],
  },
  {
    file: 'adapters/saml/signatures.ts',
    why: 'Only how much is remembered: what a certificate says is the same when it is read again.',
    mutants: [
      ['!remembered.has(pem)', 'true'],
      ['remembered.size >= rememberedAtMost', 'true'],
      ['remembered.size >= rememberedAtMost', 'false'],
      ['remembered.size >= rememberedAtMost', 'remembered.size > rememberedAtMost'],
      ['remembered.size >= rememberedAtMost', 'remembered.size < rememberedAtMost'],
    ],
  },
  {
    file: 'adapters/saml/signatures.ts',
    why: 'What is not set is before no moment; the compiler wants to be told.',
    mutants: [['retiredAt !== undefined', 'true']],
  },
  {
    file: 'adapters/saml/signatures.ts',
    why: 'A function that ends without a word answers undefined, too.',
    mutants: [['{ return undefined; }', '{}']],
  },
  {
    file: 'adapters/egress/clock.ts',
    why: 'Only a parent that is there fires; the compiler cannot know.',
    mutants: [['parent?.reason', 'parent.reason']],
  },
  {
    file: 'adapters/egress/clock.ts',
    why: 'A signal fires once, and is forgotten with its listeners.',
    mutants: [
      ['{ once: true }', '{}'],
      ['true', 'false'],
      ['{ once: true }', '{}'],
      ['true', 'false'],
    ],
  },
  {
    file: 'adapters/egress/hosts.ts',
    why: 'The host of a URL has brackets around the whole of it or none.',
    mutants: [
      [String.raw`/^\[(.*)\]$/`, String.raw`/\[(.*)\]$/`],
      [String.raw`/^\[(.*)\]$/`, String.raw`/^\[(.*)\]/`],
    ],
  },
  {
    file: 'adapters/egress.ts',
    why: 'Only a public address would show it, and no test connects to one.',
    mutants: [['isLiteral || !featureLimits[request.feature].ports.includes(portOf(url))', 'true']],
  },
  {
    file: 'adapters/egress.ts',
    why: 'A signal fires once, and is forgotten with its listeners.',
    mutants: [
      ['{ once: true }', '{}'],
      ['true', 'false'],
      ['{ once: true }', '{}'],
      ['true', 'false'],
    ],
  },
  {
    file: 'adapters/egress.ts',
    why: 'The socket is there once an answer has begun; the compiler cannot know.',
    mutants: [['socket?.destroy', 'socket.destroy']],
  },
  {
    file: 'adapters/egress.ts',
    why: 'The HTTP client keeps answers below 200 to itself.',
    mutants: [['status >= 200', 'true']],
  },
  {
    file: 'adapters/egress.ts',
    why: 'The second look at where a socket went: the system connects to the address that it is given.',
    mutants: [
      ["''", other],
      ["isSameAddress(socket.remoteAddress ?? '', address)", 'true'],
      ["'could_not_connect'", '""'],
      ['`connected to ${String(socket.remoteAddress)}, not ${address}`', '``'],
    ],
  },
  {
    file: 'adapters/egress.ts',
    why: 'TLS takes an option that is undefined for one that is not given.',
    mutants: [['ca === undefined', 'false']],
  },
  {
    file: 'adapters/egress.ts',
    why: 'Words for the HTTP client, which has told the caller by then that the connection ended.',
    mutants: [["'the connection ended before the answer'", '""']],
  },
  {
    file: 'adapters/egress.ts',
    why: 'Nobody comes with a signal that has fired: it was looked at just before.',
    mutants: [['signal.aborted', 'false']],
  },
  {
    file: 'adapters/egress.ts',
    why: 'A socket that was destroyed without an error reports none, and one that was handed on has its new owner’s listeners.',
    mutants: [
      ["'error'", '""'],
      ["'error'", '""'],
    ],
  },
  {
    file: 'adapters/egress/addresses.ts',
    why: 'An IPv4 address has 32 bits, and no more of them are compared when more are asked for.',
    mutants: [
      ["address.kind() === 'ipv4'", 'false'],
      ["'ipv4'", '""'],
    ],
  },
  {
    file: 'adapters/saml/signed-document.ts',
    why: 'The library refuses a second signature, too; the gate says so before it is asked.',
    mutants: [['others.length > 0', 'false']],
  },
  {
    file: 'adapters/saml/signed-document.ts',
    why: 'Nothing else is thrown there; if ever, it must not pass for a document that nobody signed.',
    mutants: [
      ['{ if (error instanceof ResponseRefused) return undefined; throw error; }', '{}'],
      ['error instanceof ResponseRefused', 'true'],
    ],
  },
  {
    file: 'adapters/saml/structure.ts',
    why: 'An assertion elsewhere than below the root was refused before its signature is come to.',
    mutants: [['element.parent === root', 'true']],
  },
  {
    file: 'adapters/saml/structure.ts',
    why: 'The root has been told by name, so what is called SignedInfo has a parent.',
    mutants: [['element.parent?.local', 'element.parent.local']],
  },
  {
    file: 'adapters/saml/structure.ts',
    why: 'Neither text is an ID.',
    mutants: [["''", other]],
  },
  {
    file: 'adapters/saml/structure.ts',
    why: 'The parts are there together or not at all, and each is asked for once more; a text in place of one is none.',
    mutants: [
      ['[]', '["Stryker was here"]'],
      ['[]', '["Stryker was here"]'],
      ['[]', '["Stryker was here"]'],
      ['[]', '["Stryker was here"]'],
      ['!signedInfo || !signatureValue', '!signedInfo && !signatureValue'],
      ['!canonicalization || !method || !reference', '(!canonicalization || !method) && !reference'],
      ['!canonicalization || !method', '!canonicalization && !method'],
      ['!canonicalization || !method', 'false'],
      ['!transforms || !digestMethod || !digestValue', '(!transforms || !digestMethod) && !digestValue'],
      ['!transforms || !digestMethod', '!transforms && !digestMethod'],
      ['!transforms || !digestMethod', 'false'],
      [
        'enveloped !== undefined && exclusive !== undefined',
        'enveloped !== undefined || exclusive !== undefined',
      ],
      ['enveloped !== undefined', 'true'],
      ['exclusive !== undefined', 'true'],
      ['children.length === names.length', 'true'],
      ["''", other],
    ],
  },
  {
    file: 'adapters/saml/structure.ts',
    why: 'No element can have a name with blanks, so none more is let in.',
    mutants: [['[]', '["Stryker was here"]']],
  },
  {
    file: 'adapters/saml/decryption.ts',
    why: 'Neither text is the name of a hash.',
    mutants: [
      ["''", other],
      ["''", other],
    ],
  },
  {
    file: 'adapters/saml/decryption.ts',
    why: 'Two that nobody knows are equal, and the answer is undefined then, too.',
    mutants: [['digest !== undefined', 'true']],
  },
  {
    file: 'adapters/saml/decryption.ts',
    why: 'Neither is something that opens.',
    mutants: [["''", other]],
  },
  {
    file: 'adapters/saml/decryption.ts',
    why: 'The cipher itself refuses a key of another length.',
    mutants: [['key.length === plan.keyBytes', 'true']],
  },
  {
    file: 'adapters/saml/decryption.ts',
    why: 'A tag of 16 bytes is what GCM takes by itself; no shorter one is ever cut off here.',
    mutants: [['{ authTagLength: tagBytes, }', '{}']],
  },
  {
    file: 'adapters/saml/decryption.ts',
    why: 'A function that ends without a word answers undefined, too.',
    mutants: [['{ return undefined; }', '{}']],
  },
  {
    file: 'adapters/saml/decrypted-assertion.ts',
    why: 'What the pattern finds has a name; the compiler cannot know.',
    mutants: [["''", other]],
  },
  {
    file: 'adapters/saml/decrypted-assertion.ts',
    why: 'Empty parts declare nothing.',
    mutants: [[String.raw`/\s+/`, String.raw`/\s/`]],
  },
  {
    file: 'adapters/saml/decrypted-assertion.ts',
    why: 'No other fact holds the words that are looked for.',
    mutants: [["typeof detail === 'string'", 'true']],
  },
  {
    file: 'adapters/saml/verify-response.ts',
    why: 'The gate lets no Response through that has no ID; the compiler cannot know.',
    mutants: [["''", other]],
  },
  {
    file: 'adapters/saml/verify-response.ts',
    why: 'Where no assertion stands open, or it has no signature of its own, the Response was signed; the compiler cannot know.',
    mutants: [
      ['outer?.signedBy', 'outer.signedBy'],
      ['outer?.signedBy', 'outer.signedBy'],
      ['!element || by === undefined', 'false'],
      ['!element || by === undefined', '!element && by === undefined'],
      ['by === undefined', 'false'],
      ["'structure_refused'", '""'],
      ["{ reason: 'assertion_missing' }", '{}'],
      ["'assertion_missing'", '""'],
      ['!encrypted || signedBy === undefined', 'false'],
      ['!encrypted || signedBy === undefined', '!encrypted && signedBy === undefined'],
      ['signedBy === undefined', 'false'],
      ["{ throw new ResponseRefused('structure_refused', { reason: 'assertion_missing' }); }", '{}'],
      ["'structure_refused'", '""'],
      ["{ reason: 'assertion_missing' }", '{}'],
      ["'assertion_missing'", '""'],
    ],
  },
  {
    file: 'adapters/saml/verify-response.ts',
    why: 'The gate lets nothing else of that name stand there, and both parsers agree on what does.',
    mutants: [
      ['isElement(child) && child.namespaceURI === ns.assertion', 'true'],
      ['child.namespaceURI === ns.assertion', 'true'],
      [
        'isElement(child) && child.namespaceURI === ns.assertion',
        'isElement(child) || child.namespaceURI === ns.assertion',
      ],
      ['node.nodeType === 1', 'true'],
      ["'xml_refused'", '""'],
      ["{ reason: 'parsers_disagree' }", '{}'],
      ["'parsers_disagree'", '""'],
    ],
  },
  {
    file: 'adapters/saml/verify-response.ts',
    why: 'Every check has passed by then, so it is there; the compiler cannot know.',
    mutants: [
      ["''", other],
      ['assertion.nameIds[0]?.value', 'assertion.nameIds[0].value'],
      ['assertion.nameIds[0]?.format', 'assertion.nameIds[0].format'],
      ['assertion.nameIds[0]?.nameQualifier', 'assertion.nameIds[0].nameQualifier'],
      ['assertion.nameIds[0]?.spNameQualifier', 'assertion.nameIds[0].spNameQualifier'],
      ['statement?.sessionIndex', 'statement.sessionIndex'],
      ['statement?.authnInstant', 'statement.authnInstant'],
      ['assertion.conditions?.notOnOrAfter', 'assertion.conditions.notOnOrAfter'],
      [
        'acceptedConfirmation(assertion, input)?.notOnOrAfter',
        'acceptedConfirmation(assertion, input).notOnOrAfter',
      ],
      ["readInstant(text ?? '')?.getTime", "readInstant(text ?? '').getTime"],
      ['[]', '["Stryker was here"]'],
    ],
  },
  {
    file: 'adapters/saml/verify-response.ts',
    why: 'Neither text is an instant.',
    mutants: [
      ["''", other],
      ["''", other],
      ["''", other],
    ],
  },
  {
    file: 'adapters/oidc/key-sets.ts',
    why: 'Text has no kind of key, so it is left out a step later; the compiler wants to be told.',
    mutants: [["typeof key === 'object'", 'true']],
  },
  {
    file: 'adapters/oidc/key-sets.ts',
    why: 'A function that ends without a word answers undefined, and a promise of undefined is no yes.',
    mutants: [
      ['{ return undefined; }', '{}'],
      ['{ return false; }', '{}'],
    ],
  },
  {
    file: 'adapters/oidc/key-sets.ts',
    why: 'Neither text is a kind of key, nor a modulus of 2048 bits.',
    mutants: [
      ["''", other],
      ["''", other],
    ],
  },
  {
    file: 'adapters/saml/signatures.ts',
    why: 'Only what has a signature is verified, so it is there; the compiler cannot know.',
    mutants: [['!signature', 'false']],
  },
  {
    file: 'adapters/oidc/relying-party.ts',
    why: 'The library wants an ID token, and we look again: whichever looks first, the other would refuse an answer without one.',
    mutants: [
      [
        "{ throw new AnswerRefused('code_exchange', 'token_answer_refused', { reason: 'no_id_token' }); }",
        '{}',
      ],
      ["'code_exchange'", '""'],
      ["'token_answer_refused'", '""'],
      ["{ reason: 'no_id_token' }", '{}'],
      ["'no_id_token'", '""'],
      ['seen.idToken === undefined', 'false'],
      ['true', 'false'],
    ],
  },
  {
    file: 'adapters/oidc/relying-party.ts',
    why: 'What is not set is undefined, too.',
    mutants: [['{ idToken: undefined, accessToken: undefined, wantsKeys: false }', '{}']],
  },
  {
    file: 'adapters/oidc/relying-party.ts',
    why: 'The cause is for whoever debugs; the verdict holds none.',
    mutants: [['{ cause: error }', '{}']],
  },
  {
    file: 'adapters/oidc/relying-party.ts',
    why: 'The library has refused an answer without an access token.',
    mutants: [['accessToken === undefined', 'false']],
  },
  {
    file: 'adapters/oidc/relying-party.ts',
    why: 'Of one every is some, and more than one are refused in any case.',
    mutants: [
      ['issuers.every((iss) => iss === server.issuer)', 'issuers.some(iss => iss === server.issuer)'],
    ],
  },
  {
    file: 'adapters/oidc/relying-party.ts',
    why: 'User info is asked for only where there is an address for it.',
    mutants: [['server.userinfoEndpoint === null', 'false']],
  },
  {
    file: 'adapters/oidc/relying-party.ts',
    why: 'JSON holds nothing that has no text; the compiler cannot know.',
    mutants: [['JSON.stringify(value)?.length', 'JSON.stringify(value).length']],
  },
  {
    file: 'onboarding/oidc-preflight.ts',
    why: 'The field is put in anew a line later.',
    mutants: [["'url'", '""']],
  },
  {
    file: 'onboarding/oidc-preflight.ts',
    why: 'An address has one shape: of one finding every is some.',
    mutants: [
      [
        "shape.some(({ severity }) => severity === 'stop')",
        "shape.every(({ severity }) => severity === 'stop')",
      ],
    ],
  },
  {
    file: 'onboarding/oidc-preflight.ts',
    why: 'Neither text is the id of a guide.',
    mutants: [["''", other]],
  },
  {
    file: 'onboarding/oidc-preflight.ts',
    why: 'What has more behind its day is no instant once the time of day stands behind that.',
    mutants: [[String.raw`/^\d{4}-\d{2}-\d{2}$/`, String.raw`/^\d{4}-\d{2}-\d{2}/`]],
  },
  {
    file: 'adapters/oidc/fetch-through.ts',
    why: 'The library has refused an access token that is no text.',
    mutants: [["typeof accessToken === 'string'", 'true']],
  },
  {
    file: 'adapters/oidc/refusals.ts',
    why: 'The cause is for whoever debugs; the verdict holds none.',
    mutants: [
      ['{ cause: error }', '{}'],
      ['{ cause: error }', '{}'],
      ['{ cause: error }', '{}'],
      ['{ cause: error }', '{}'],
    ],
  },
  {
    file: 'adapters/oidc/refusals.ts',
    why: 'A challenge that the library throws has one at least; the compiler cannot know.',
    mutants: [['first?.parameters', 'first.parameters']],
  },
  {
    file: 'adapters/egress/answer-body.ts',
    why: 'No code of Node has one of these words further on.',
    mutants: [['/^(Z_|ERR_BROTLI|ERR__ERROR_FORMAT)/', '/(Z_|ERR_BROTLI|ERR__ERROR_FORMAT)/']],
  },
  {
    file: 'adapters/egress/limits.ts',
    why: 'What is over and counts nothing takes memory; nobody else can tell it from what is forgotten.',
    mutants: [['counter.active === 0', 'false']],
  },
];
