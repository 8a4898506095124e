import type { Finding } from '../../../adapters/saml/import-findings.ts';
import { errorCodes, OnboardingError, type ErrorCode, type ErrorFacts } from '../../../onboarding/errors.ts';
import type { PreflightFinding } from '../../../onboarding/preflight.ts';
import type { z } from 'zod';
import type { MetadataBody, metadataFinding } from '../../contract/setup-provider-settings.ts';
import { InvalidInput } from '../../middleware/handle-errors.ts';

/** What the first look and the importer have to say, in the one shape of the page. */
export type MetadataFinding = z.infer<typeof metadataFinding>;

export function fromPreflight({ severity, code, field, facts, repair }: PreflightFinding): MetadataFinding {
  return { severity, code, field, facts: { ...facts }, repair };
}

/** Remarks of the importer; what it only notes does not stand in the way. */
export function fromImport({ severity, code, facts }: Finding, way: MetadataBody['way']): MetadataFinding {
  return {
    severity: severity === 'note' ? 'ok' : severity,
    code,
    field: fieldOf(way),
    facts: plain(facts),
    repair: null,
  };
}

export function stop(code: ErrorCode, facts: ErrorFacts, way: MetadataBody['way']): MetadataFinding {
  return { severity: 'stop', code, field: fieldOf(way), facts: plain(facts), repair: null };
}

/** A key that another connection trusts already: perhaps the wrong app was copied (M19). */
export function servesOther(other: string, way: MetadataBody['way']): MetadataFinding {
  return {
    severity: 'warn',
    code: 'certificate_serves_other',
    field: fieldOf(way),
    facts: { other },
    repair: null,
  };
}

export const hasStop = (findings: readonly MetadataFinding[]): boolean =>
  findings.some(({ severity }) => severity === 'stop');

/** The refusal that saving answers with: the product's own code where there is one, else the field and what is wrong. */
export function refusalOf(findings: readonly MetadataFinding[]): Error {
  const first = findings.find(({ severity }) => severity === 'stop');
  if (first === undefined) return new OnboardingError('connection_incomplete');
  const named = errorCodes.find((code) => code === first.code) ?? namesakes[first.code];
  if (named !== undefined) return new OnboardingError(named, first.facts);
  const field = first.field ?? 'url';
  return new InvalidInput([{ field, code: first.code, message: `${field} is refused: ${first.code}` }]);
}

/** What the first look calls by a name of its own. */
const namesakes: Readonly<Record<string, ErrorCode>> = {
  private_key: 'certificate_is_private_key',
  html: 'metadata_login_page',
  own_address: 'metadata_is_ours',
};

const fields = { metadata_url: 'url', metadata_file: 'text', manual: 'certificate' } as const;
const fieldOf = (way: MetadataBody['way']): MetadataFinding['field'] => fields[way];

function plain(facts: ErrorFacts): MetadataFinding['facts'] {
  return Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'object' ? [...fact] : fact]),
  );
}
