import { newId } from '../../adapters/ids.ts';
import type { DeliverableCommand, Delivery } from '../../adapters/workflow-client.ts';
import { applyProjection, withSystem } from '../../db/index.ts';
import type { Command, ReportedFact } from '../../onboarding/commands.ts';
import { refuse } from '../../onboarding/refusals.ts';
import { fresh, type State } from '../../onboarding/state.ts';
import { apply, report } from '../../onboarding/transitions.ts';
import { isFinished, view } from '../../onboarding/view.ts';
import type { TestApi } from './api.ts';

/**
 * The engine with the real rules and without its machinery: commands are applied or refused as the workflow would, and
 * the read model follows at once. What is not about an onboarding is taken and forgotten.
 */
export function runJourneys(api: TestApi) {
  const states = new Map<string, State>();

  async function deliver(command: DeliverableCommand): Promise<Delivery> {
    if (!command.workflowId.startsWith('onb/')) return { status: 'applied', result: null };
    const nowMs = api.deps.now().getTime();
    const before = states.get(command.workflowId) ?? begin(command, nowMs);
    // The outbox holds what the product wrote; a test reads it back without checking its shape again.
    const message: unknown = command.body;
    const next =
      command.delivery === 'update'
        ? act(before, message as Command, nowMs)
        : report(before, message as ReportedFact, nowMs);
    if (typeof next === 'string') return { status: 'refused', code: next };
    states.set(command.workflowId, next);
    await project(next);
    return { status: 'applied', result: view(next) };
  }

  function act(state: State, command: Command, nowMs: number): State | string {
    return refuse(state, command, command.actor) ?? apply(state, command, nowMs);
  }

  function begin({ start, workflowId }: DeliverableCommand, nowMs: number): State {
    const { onboardingId, environmentId, organizationId, number } = Object(start?.input);
    if (typeof onboardingId !== 'string') throw new Error(`${workflowId} has not begun`);
    return fresh({ onboardingId, environmentId, organizationId, number, at: new Date(nowMs).toISOString() });
  }

  async function project(state: State): Promise<void> {
    const now = api.deps.now();
    const tenant = { environmentId: state.environmentId, organizationId: state.organizationId };
    await withSystem(api.systemDb, (tx) =>
      applyProjection(tx, tenant, {
        onboardingId: state.onboardingId,
        origin: state.origin,
        view: view(state),
        entries: state.entries,
        isOpen: state.phase === 'open' || (state.phase === 'live' && !isFinished(state)),
        newId,
        now,
      }),
    );
  }

  api.temporal.deliver = deliver;
  return {
    /** Nothing gets through until `comeBack`. */
    goAway(): void {
      api.temporal.deliver = () => Promise.resolve({ status: 'unknown', reason: 'away' });
    },
    comeBack(): void {
      api.temporal.deliver = deliver;
    },
    /** What the relay does: delivers what lies in the outbox, oldest first. */
    async relay(): Promise<void> {
      const rows = await withSystem(api.systemDb, (tx) =>
        tx.selectFrom('commands').selectAll().where('state', '=', 'accepted').orderBy('seq').execute(),
      );
      for (const row of rows) {
        const { start } = row;
        await deliver({
          ...row,
          start: start === null ? null : { type: String(Object(start).type), input: Object(start).input },
        });
        await withSystem(api.systemDb, (tx) =>
          tx.updateTable('commands').set({ state: 'applied' }).where('id', '=', row.id).execute(),
        );
      }
    },
  };
}
