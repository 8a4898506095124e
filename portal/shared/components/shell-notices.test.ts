import { expect, it } from 'vitest';
import { defineComponent, h, provide, ref } from 'vue';
import { ApiProblem } from '../api-client.ts';
import { liveUpdatesKey } from '../live-updates.ts';
import { useSessionState } from '../session.ts';
import { render } from '../testing/render.ts';
import ShellNotices from './ShellNotices.vue';

/** The notices of an app that tells the end of its session in a dialog, and whose live stream was lost. */
const whileLost = defineComponent(() => {
  provide(liveUpdatesKey, { lostSince: ref(new Date()), listen: () => () => undefined });
  return () => h(ShellNotices, { hasSessionDialog: true });
});

it('a lost stream is said, but not where the session has ended: nothing reconnects without one', async () => {
  expect((await render(whileLost)).text()).toContain('Live updates paused');

  useSessionState().noteSessionProblem(new ApiProblem({ code: 'session_ended', status: 401 }));

  expect((await render(whileLost)).text()).toBe('');
});
