import { afterEach, describe, expect, it } from 'vitest';
import { aResponse, aTrust, now, posted, requestId, samlKeys } from '../../test/support/saml.ts';
import { buildTestIdpMetadata } from '../../sandbox/test-idp/metadata.ts';
import type { VerifyInput } from './verdict.ts';
import { createSamlVerifier, type SamlVerifier, type VerifierOptions } from './verifier.ts';

const keys = await samlKeys();

let verifier: SamlVerifier | undefined;
afterEach(() => verifier?.close());

function aVerifier(options: Partial<VerifierOptions> = {}): SamlVerifier {
  verifier = createSamlVerifier({ threads: 1, queueLimit: 10, ...options });
  return verifier;
}

function anInput(xml: string = aResponse(keys)): VerifyInput {
  return {
    samlResponse: posted(xml),
    trust: aTrust(keys),
    request: { id: requestId, issuedAt: now, forceAuthn: false },
    clockSkewMs: 60_000,
    now,
  };
}

describe('the verifier thread', () => {
  it('gives the verdicts of the pipeline, dates and all [SAML-04]', async () => {
    const { verify } = aVerifier();

    const [good, bad] = await Promise.all([verify(anInput()), verify(anInput('<r/>'))]);

    expect(good).toMatchObject({ ok: true, assertion: { nameId: 'anna@people.test', authnInstant: now } });
    expect(bad).toMatchObject({ ok: false, cause: 'not_a_response' });
  });

  it('reads metadata too [MD-01]', async () => {
    const xml = buildTestIdpMetadata({
      entityId: 'https://idp.test/saml',
      ssoUrl: 'https://idp.test/sso',
      keys: keys.idp,
      publishes: 'current_and_next',
    });

    const reading = await aVerifier().readMetadata(Buffer.from(xml), {
      now,
      expiryGraceMs: 0,
      sandboxLoopback: false,
      ownHosts: [],
    });

    expect(reading.entities[0]).toMatchObject({ entityId: 'https://idp.test/saml', isIdp: true });
    expect(reading.entities[0]?.certificates).toHaveLength(2);
  });

  it('refuses at once when the queue is full [SAML-04]', async () => {
    const { verify } = aVerifier({ queueLimit: 2 });

    const first = [verify(anInput()), verify(anInput())];

    await expect(verify(anInput())).rejects.toMatchObject({ code: 'service_unavailable' });
    expect((await Promise.all(first)).map(({ ok }) => ok)).toEqual([true, true]);
  });

  it('gives up a job that takes too long and starts another thread for the next [SAML-04]', async () => {
    const { verify } = aVerifier({ deadlineMs: 0 });

    // Without a new thread the second would wait for ever behind the first.
    const verdicts = [await verify(anInput()), await verify(anInput())];

    const givenUp = { ok: false, cause: 'internal', facts: { reason: 'deadline_passed' } };
    expect(verdicts).toMatchObject([givenUp, givenUp]);
  });

  it('keeps the event loop free while bombs are refused [SAML-04] [SUP-04]', async () => {
    const { verify } = aVerifier();
    await verify(anInput());
    const bomb = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">${'<a/>'.repeat(60_000)}`;

    const bombs = 8;
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns += 1;
      if (!isOver) setImmediate(turn);
    };
    turn();
    const verdicts = await Promise.all(Array.from({ length: bombs }, () => verify(anInput(bomb))));
    isOver = true;

    expect(verdicts.every((verdict) => !verdict.ok && verdict.cause === 'xml_refused')).toBe(true);
    // Were they judged on this thread, the loop would have come round about once for each.
    expect(turns).toBeGreaterThan(bombs * 10);
  });

  it('ends an idle thread and starts another when there is work again', async () => {
    const { verify } = aVerifier({ idleMs: 1 });

    await verify(anInput());
    await new Promise((resume) => setTimeout(resume, 50));

    expect(await verify(anInput())).toMatchObject({ ok: true });
  });

  it.each(['starting', 'working'])('refuses what waits when it is closed while %s', async (moment) => {
    const closing = aVerifier();
    if (moment === 'working') await closing.verify(anInput());

    const refused = [1, 2, 3].map(() =>
      expect(closing.verify(anInput())).rejects.toMatchObject({ code: 'service_unavailable' }),
    );
    await closing.close();

    await Promise.all(refused);
    await expect(closing.verify(anInput())).rejects.toMatchObject({ code: 'service_unavailable' });
  });
});
