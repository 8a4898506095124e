import { expect, it } from 'vitest';
import { ApiProblem } from '../api-client.ts';
import { useSessionState } from '../session.ts';
import { render } from '../testing/render.ts';
import ProblemNotice from './ProblemNotice.vue';
import ShellNotices from './ShellNotices.vue';

const problemOf = (code: string) => new ApiProblem({ code, status: 401, requestId: 'req_7F3K' });

it.each([
  ...[
    'unauthorized',
    'forbidden',
    'session_ended',
    'session_differs',
    'link_ended',
    'outside_link',
    'set_up_finished',
    'onboarding_ended',
    'not_found',
    'last_admin',
    'directory_hold_decided',
    'directory_more_leave',
    'former_ended',
    'streams_full',
  ].map((code) => [code, false] as const),
  ...['internal', 'offline', 'timed_out', 'conflict', 'too_many_requests'].map(
    (code) => [code, true] as const,
  ),
])(
  '%s: whether trying again can help is %s, and the button stands there only then',
  async (code, canHelp) => {
    const notice = await render(ProblemNotice, { props: { problem: problemOf(code) } });

    expect(notice.find('button').exists()).toBe(canHelp);
    expect(notice.text()).toContain('req_7F3K');
  },
);

it('the end of the session is told once, on top, with the way back; what else is refused is told in place', async () => {
  const [ended, refused] = [problemOf('unauthorized'), problemOf('not_found')];
  const told = async (problem: ApiProblem) => (await render(ProblemNotice, { props: { problem } })).text();
  expect(await told(ended)).toContain('You are not signed in here.');

  useSessionState().noteSessionProblem(ended);

  expect(await told(ended)).toBe('');
  expect(await told(refused)).toContain('req_7F3K');
  const shell = (await render(ShellNotices)).text();
  expect(shell).toContain('Your session ended. Sign in again; you come back to this page.');
});
