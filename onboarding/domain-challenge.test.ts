import { describe, expect, it } from 'vitest';
import {
  challengeLifeMs,
  challengeRecord,
  honouredRecords,
  namesToAsk,
  nextLookDelayMs,
} from './domain-challenge.ts';

const challenge = { domain: 'acme.com', label: 'vestibule', token: '8c1f' };

describe('the record [DOM-01]', () => {
  it('is a TXT at a label of its own below the domain', () => {
    expect(challengeRecord(challenge)).toEqual({
      type: 'TXT',
      name: '_vestibule-challenge.acme.com',
      host: '_vestibule-challenge',
      value: 'vestibule-verify=8c1f',
    });
  });

  it('is written relative to the zone that holds it', () => {
    expect(challengeRecord({ ...challenge, domain: 'eu.acme.com' }, 'acme.com')).toMatchObject({
      name: '_vestibule-challenge.eu.acme.com',
      host: '_vestibule-challenge.eu',
    });
  });

  it('may also have one of the forms of the compatible API, ours coming first', () => {
    const records = honouredRecords({ ...challenge, prefix: 'app-domain-verification-z3k' });
    expect(records.map(({ name, host, value }) => [name, host, value])).toEqual([
      ['_vestibule-challenge.acme.com', '_vestibule-challenge', 'vestibule-verify=8c1f'],
      ['acme.com', '', 'app-domain-verification-z3k=8c1f'],
      ['app-domain-verification-z3k.acme.com', 'app-domain-verification-z3k', '8c1f'],
      ['acme.com', '', 'verification_token=8c1f'],
      ['_acme-challenge.acme.com', '_acme-challenge', 'verification_token=8c1f'],
    ]);
  });
});

it('asks for every honoured name once, for the doubled name and for a control name', () => {
  expect(namesToAsk({ ...challenge, prefix: 'p' }, 'acme.com', 'k4')).toEqual([
    { name: '_vestibule-challenge.acme.com', asked: 'proof' },
    { name: 'acme.com', asked: 'proof' },
    { name: 'p.acme.com', asked: 'proof' },
    { name: '_acme-challenge.acme.com', asked: 'proof' },
    { name: '_vestibule-challenge.acme.com.acme.com', asked: 'doubled' },
    { name: 'k4.acme.com', asked: 'control' },
  ]);
});

it('asks for no name longer than DNS allows', () => {
  const domain = `${'a'.repeat(60)}.${'b'.repeat(60)}.com`;
  const asked = namesToAsk({ ...challenge, domain }, domain, 'k4').map((question) => question.asked);
  expect(asked).not.toContain('doubled');
});

it('looks often at first, then less, and daily once the challenge has ended [REL-17]', () => {
  const minute = 60_000;
  const day = 24 * 60 * minute;
  const ages = [0, 10 * minute - 1, 10 * minute, day - 1, day, challengeLifeMs - 1, challengeLifeMs];
  expect(ages.map((age) => nextLookDelayMs(age) / minute)).toEqual([1, 1, 15, 15, 60, 60, 24 * 60]);
});
