import fc from 'fast-check';
import { expect, it } from 'vitest';
import { aPlan, aResponse, samlKeys, verdictOn } from '../../test/support/saml.ts';
import type { SamlVerdict } from './verdict.ts';

const keys = await samlKeys();

it('attributes in their thousands are refused early [SAML-04]', () => {
  const groups = Array.from({ length: 10_000 }, (_, index) => `g${index}`);

  expect(verdictOn(keys, aResponse(keys, { plan: { attributes: [['groups', groups]] } })).ok).toBe(false);
});

it('a message on its way can be altered in any byte without ever changing the identity (CVE-2025-54369, CVE-2025-54419)', () => {
  for (const sign of ['response', 'assertion'] as const) {
    const plan = aPlan({ sign });
    const xml = aResponse(keys, { plan });
    const honest = identityIn(verdictOn(keys, xml));

    fc.assert(
      fc.property(
        fc.nat(xml.length - 1),
        fc.constantFrom('', ' ', 'x', '<', '"', '&', '\n', '<a/>', '<!---->', 'boss'),
        fc.boolean(),
        (position, text, replaces) => {
          const altered = xml.slice(0, position) + text + xml.slice(position + (replaces ? 1 : 0));
          const verdict = verdictOn(keys, altered);
          return !verdict.ok || identityIn(verdict) === honest;
        },
      ),
      { numRuns: 100 },
    );
  }
});

function identityIn(verdict: SamlVerdict): string {
  return JSON.stringify(verdict.ok && verdict.assertion);
}
