import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openLink, type Visitor } from '../support/visitor.ts';
import { startSsoSetUp, type SsoSetUp } from '../support/sso-set-up.ts';

/** An admin and a colleague, each in a browser of their own, at the same connection. */

let sso: SsoSetUp;
let colleague: Visitor;
beforeAll(async () => {
  sso = await startSsoSetUp();
});
afterAll(() => sso.close());
beforeEach(async () => {
  await sso.begin();
  await sso.chosen('okta');
  colleague = await openLink(sso.api, sso.vendor, sso.link);
});

/** What the sign-in pages of this person show, and send with everything they do. */
const shown = async (person: Visitor): Promise<{ 'x-vestibule-settings': string }> => ({
  'x-vestibule-settings': (await person.ask('GET', '/sso')).body.mark,
});

describe('two people at one connection', () => {
  test('nobody changes what somebody else has changed since, and each is told who did what', async () => {
    const before = await shown(sso.visitor);
    expect((await colleague.ask('POST', '/sso/provider', { providerId: 'pingone' })).status).toBe(200);

    const done = await sso.visitor.ask('POST', '/sso/configuration-done', {}, before);
    const saving = await sso.visitor.ask('POST', '/sso/metadata', sso.file(sso.metadata()), before);
    const again = await sso.visitor.ask('POST', '/sso/provider', { providerId: 'okta' }, before);

    for (const refused of [done, saving, again])
      expect(refused).toMatchObject({ status: 409, body: { code: 'settings_changed' } });
    const told = await sso.visitor.ask('GET', '/sso', undefined, before);
    expect(told.body.changed).toEqual({
      action: 'connection.provider_changed',
      by: 'a•••@acme.com',
      at: expect.any(String),
    });
    expect(told.body.guide.id).toBe('pingone');
    expect((await sso.theConnection()).idpEntityId).toBeNull();
  });

  test('whoever has seen it goes on', async () => {
    await colleague.ask('POST', '/sso/metadata', sso.file(sso.metadata()));
    const now = await shown(sso.visitor);

    expect((await sso.visitor.ask('GET', '/sso', undefined, now)).body.changed).toBeNull();
    const other = sso.metadata({ entityId: 'https://other.acme.example' });
    expect((await sso.visitor.ask('POST', '/sso/metadata', sso.file(other), now)).status).toBe(200);
  });

  test('one’s own change in another tab is no news', async () => {
    const before = await shown(sso.visitor);
    await sso.visitor.ask('POST', '/sso/metadata', sso.file(sso.metadata()));

    expect((await sso.visitor.ask('GET', '/sso', undefined, before)).body.changed).toBeNull();
    expect((await sso.visitor.ask('POST', '/sso/configuration-done', {}, before)).status).toBe(200);
  });

  test('each keeps the fields they typed, and hears of the other until it is saved', async () => {
    expect((await sso.visitor.ask('PUT', '/sso/drafts', { ssoUrl: 'https://a.example' })).body.typing).toBe(
      null,
    );
    const theirs = await colleague.ask('PUT', '/sso/drafts', { entityId: 'urn:b' });

    expect(theirs.body.typing).toMatchObject({ by: 'a•••@acme.com' });
    const { body } = await sso.visitor.ask('GET', '/sso');
    expect(body).toMatchObject({
      drafts: { ssoUrl: 'https://a.example', entityId: 'urn:b' },
      typing: { by: 'a•••@acme.com' },
    });
    await colleague.ask('POST', '/sso/metadata', sso.file(sso.metadata()));
    expect((await sso.visitor.ask('GET', '/sso')).body.typing).toBeNull();
  });

  test('what was typed for one protocol is there again when it is chosen again', async () => {
    await sso.visitor.ask('PUT', '/sso/drafts', { metadataUrl: 'https://acme.okta.com/metadata' });
    await colleague.ask('POST', '/sso/provider', { providerId: 'okta-oidc' });
    await colleague.ask('POST', '/sso/provider', { providerId: 'okta' });

    const { body } = await sso.visitor.ask('GET', '/sso');
    expect(body.drafts.metadataUrl).toBe('https://acme.okta.com/metadata');
  });
});
