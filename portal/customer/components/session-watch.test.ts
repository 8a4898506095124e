import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createFakeSetupApi } from '../../../test/support/fake-setup-api.ts';
import { aSession, at } from '../../../test/support/setup-builders.ts';
import { ApiProblem } from '../../shared/api-client.ts';
import { useSessionState } from '../../shared/session.ts';
import { aBoot, render } from '../../shared/testing/render.ts';
import { useSetupSession } from '../setup-session.ts';
import { pageOpener, sent, settle } from '../testing/open-page.ts';
import SessionWatch from './SessionWatch.vue';

const openPage = pageOpener(createFakeSetupApi);

const minute = 60_000;
const dialog = () => document.querySelector('[role=dialog], [role=alertdialog]');
const press = (words: string) =>
  [...(dialog()?.querySelectorAll('button') ?? [])]
    .find((button) => button.textContent?.trim() === words)
    ?.click();

beforeEach(() => useSetupSession().note(undefined));

describe('the end of a session', () => {
  it('is not spoken of while it is far', async () => {
    await openPage('/home');

    expect(dialog()).toBeNull();
  });

  it('is told five minutes before, and staying moves it', async () => {
    const { fake } = await openPage('/home', { session: aSession({ idleEndsAt: at(4.5 * minute) }) });
    expect(dialog()?.textContent).toContain('Still there?');
    expect(dialog()?.textContent).toMatch(
      /This session ends at \d\d:\d\d \(in 4:\d\d\)\. Everything is saved\./,
    );

    press('Stay');
    await settle();

    expect(sent(fake, 'POST', '/session/extend')).toHaveLength(1);
    expect(dialog()).toBeNull();
  });

  it('cannot be moved while nobody answers: the dialog says so, and trying again moves it', async () => {
    const { fake } = await openPage('/home', {
      session: aSession({ idleEndsAt: at(4.5 * minute) }),
      refusals: { 'POST /session/extend': { status: 503, code: 'service_unavailable' } },
    });
    press('Stay');
    await settle();
    expect(dialog()?.textContent).toContain('Try again');

    fake.setup.refusals = {};
    press('Try again');
    await settle();

    expect(sent(fake, 'POST', '/session/extend')).toHaveLength(2);
    expect(dialog()).toBeNull();
  });

  it('cannot be moved at the hard limit, and the page says why', async () => {
    const limit = at(4 * minute);
    await openPage('/home', { session: aSession({ idleEndsAt: limit, endsAt: limit }) });

    expect(dialog()?.textContent).toContain('Sessions last 12 hours at most.');
    expect(dialog()?.textContent).not.toContain('Stay');
  });

  it('covers the page when the server has ended it, and work behind stays visible', async () => {
    const { page } = await openPage('/home', { session: aSession({ idleEndsAt: at(-1000) }) });

    expect(dialog()?.textContent).toContain('Your session ended');
    expect(page.text()).toContain('Set up Ledgerly for Acme');
  });

  it('whose link opened once leads back to the product', async () => {
    await openPage('/home', { session: aSession({ idleEndsAt: at(-1000), opensOnce: true }) });

    expect(dialog()?.textContent).toContain('Open the set-up in Ledgerly again; everything is saved.');
    expect(dialog()?.textContent).not.toContain('Open your link');
  });

  it('[LNK-09] another set-up opened in this browser is said so, and nothing goes on here', async () => {
    vi.useRealTimers();
    const { noteSessionProblem } = useSessionState();
    await openPage('/home');
    noteSessionProblem(new ApiProblem({ code: 'session_differs', status: 409 }));
    await settle();

    expect(dialog()?.textContent).toContain('Another set-up was opened here');
    press('Stay');
    expect(dialog()).not.toBeNull();
  });

  it('goes on with what stands on the page once the link was opened again in another tab', async () => {
    vi.useRealTimers();
    const { noteSessionProblem, noteAnswered } = useSessionState();
    await openPage('/home');
    noteSessionProblem(new ApiProblem({ code: 'session_ended', status: 401 }));
    await settle();
    expect(dialog()?.textContent).toContain('In another tab, this page goes on with what you typed.');

    noteAnswered();
    await settle();

    expect(dialog()).toBeNull();
  });

  it('whose link has ended, too, leads to a fresh link and not to the old one', async () => {
    vi.useRealTimers();
    await openPage('/home');
    useSessionState().noteSessionProblem(new ApiProblem({ code: 'link_ended', status: 410 }));
    await settle();

    expect(dialog()?.textContent).toContain('This link no longer works');
    expect(dialog()?.textContent).not.toContain('Open your link again');
    const form = dialog()?.querySelector('form');
    expect([form?.method, form?.getAttribute('action')]).toEqual(['post', '/setup/acme/fresh-link']);
    expect(form?.textContent).toContain('Send me a fresh link');
  });

  it('is told as well to whoever opens a page without a session', async () => {
    const { sessionHandle: _none, organizationName: _whose, ...boot } = aBoot;
    vi.stubGlobal('fetch', createFakeSetupApi().fetch);
    useSessionState().noteSessionProblem(new ApiProblem({ code: 'session_ended', status: 401 }));

    await render(SessionWatch, { boot });
    await settle();

    expect(dialog()?.textContent).toContain('No set-up is open here');
    expect(dialog()?.textContent).toContain('Open your link again; everything is saved.');
    expect(dialog()?.textContent).toContain('help@ledgerly.example');
  });
});
