import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSamlVerifier } from '../../adapters/saml/verifier.ts';
import { attemptsOf, begin, codeOf, newestOf } from '../support/saml-answers.ts';
import { aBrowser, aSignInCustomer, aSignInWorld, type SignInWorld } from '../support/sign-in.ts';

let world: SignInWorld;
beforeAll(async () => {
  world = await aSignInWorld();
});
afterAll(() => world.close());

it('an answer that finds the queue full gets 503 and when to come again, and is as good as before then [SAML-04]', async () => {
  const customer = await aSignInCustomer(world);
  const { browser, acs, fields } = await begin(world, customer);
  const { samlVerifier } = world.api.deps;
  const full = createSamlVerifier({ threads: 1, queueLimit: 0 });

  world.api.deps.samlVerifier = full;
  const refused = await browser.post(acs, fields);
  world.api.deps.samlVerifier = samlVerifier;
  await full.close();
  const waiting = await newestOf(world, customer);
  const end = await browser.follow(await browser.post(acs, fields));

  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refused.headers.get('content-type')).toContain('text/html');
  expect(waiting).toMatchObject({ state: 'in_progress', answeredAt: null, consumedAt: null });
  expect(codeOf(end)).toBeTruthy();
  expect((await newestOf(world, customer)).state).toBe('success');
});

it('whoever brings somebody else’s answers to their end again and again is stopped, and writes no more rows [RATE]', async () => {
  const strict = await aSignInWorld({ rateLimitFactor: 0.1 });
  const customer = await aSignInCustomer(strict);
  const { browser, acs, fields } = await begin(strict, customer);
  const bounce = (await browser.post(acs, fields)).leadsTo?.href ?? '';

  const statuses = [];
  for (let tries = 0; tries < 9; tries += 1) statuses.push((await aBrowser().get(bounce)).status);
  const kept = await attemptsOf(strict, customer, 'failed');
  await strict.close();

  expect(statuses).toEqual([...Array<number>(6).fill(403), ...Array<number>(3).fill(429)]);
  expect(kept).toHaveLength(6);
});
