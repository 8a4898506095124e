import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listTimeline, withTenant } from '../../db/index.ts';
import { workflowIdOf } from '../../onboarding/workflow-names.ts';
import { anInvited, asSystem, dayMs, run, type Invited } from '../support/activity-builders.ts';
import { eventually } from '../support/eventually.ts';
import { describeWithTemporal } from '../support/temporal.ts';
import { openWorkerProgram, type RunningWorker } from '../support/worker-program.ts';

await describeWithTemporal('an onboarding whose workflow the engine has lost', (temporal) => {
  let worker: RunningWorker;
  beforeAll(async () => {
    worker = await openWorkerProgram(temporal(), 2);
  });
  afterAll(() => worker.close());

  const workflowIdOfOnboarding = ({ customer, onboarding }: Invited) =>
    workflowIdOf({ kind: 'onboarding', organizationId: customer.organizationId, number: onboarding.number });
  const kindsOf = async ({ customer, onboarding }: Invited) => {
    const entries = await withTenant(worker.world.app, customer, (tx) =>
      listTimeline(tx, customer, onboarding.id, { limit: 50 }),
    );
    return entries.map(({ kind }) => kind);
  };

  /** Invited, mailed, and all of it told. */
  async function anInvitedCustomer(): Promise<Invited> {
    const invited = await anInvited(worker.world, {
      link: { expiresAt: new Date(Date.now() + 30 * dayMs) },
    });
    await worker.invite(invited);
    await eventually(async () =>
      expect(await kindsOf(invited)).toEqual(['started', 'invited', 'notice_sent']),
    );
    return invited;
  }

  it('goes on with the next act from where it stood, and mails nobody twice', async () => {
    const invited = await anInvitedCustomer();
    await worker.client.workflow.getHandle(workflowIdOfOnboarding(invited)).terminate();

    await worker.act(invited, { kind: 'open_link', linkId: invited.link.id });

    await eventually(async () =>
      expect(await kindsOf(invited)).toEqual(['started', 'invited', 'notice_sent', 'opened']),
    );
    expect(await worker.world.mailTo(invited.contact.email)).toHaveLength(1);
  });

  it('[TMP-03] is begun once, under the organization’s own id, however often it is asked to begin', async () => {
    const invited = await anInvitedCustomer();
    const workflowId = workflowIdOfOnboarding(invited);
    const handle = worker.client.workflow.getHandle(workflowId);
    const { runId } = await handle.describe();

    await worker.invite(invited);
    await worker.act(invited, { kind: 'open_link', linkId: invited.link.id });

    await eventually(async () => expect(await kindsOf(invited)).toContain('opened'));
    expect(workflowId).toContain(invited.customer.organizationId);
    expect((await handle.describe()).runId).toBe(runId);
    expect((await kindsOf(invited)).filter((kind) => kind === 'started')).toHaveLength(1);
  });

  it('is found missing by the hourly sweep and begun anew, with nobody having done anything', async () => {
    const invited = await anInvitedCustomer();
    const workflowId = workflowIdOfOnboarding(invited);
    await worker.workflows.forget(workflowId);
    await eventually(async () => expect(await worker.workflows.stateOf(workflowId)).toBe('lost'));

    const { sweep } = worker.world.with({ workflows: worker.workflows });
    expect(await run(sweep, { kind: 'hour' })).toMatchObject({ restarted: 1 });

    await eventually(async () => expect(await worker.workflows.stateOf(workflowId)).toBe('running'));
    const shown = await worker.client.workflow.getHandle(workflowId).query<{ state: string }>('progress');
    expect(shown).toMatchObject({ state: 'invited' });
    expect(await run(sweep, { kind: 'hour' })).toMatchObject({ restarted: 0 });
  });

  it('is told again, in their order, of the commands that it took after its last telling', async () => {
    const invited = await anInvitedCustomer();
    await worker.workflows.forget(workflowIdOfOnboarding(invited));
    // Taken, and gone with the engine before it was told.
    await worker.act(invited, { kind: 'open_link', linkId: invited.link.id });
    await asSystem(worker.world, (tx) =>
      tx
        .updateTable('commands')
        .set({ state: 'applied', deliveredAt: new Date() })
        .where('organizationId', '=', invited.customer.organizationId)
        .where('state', '=', 'accepted')
        .execute(),
    );

    await worker.act(invited, { kind: 'remind' });

    await eventually(async () =>
      expect((await kindsOf(invited)).slice(0, 5)).toEqual([
        'started',
        'invited',
        'notice_sent',
        'opened',
        expect.stringMatching(/^remind/),
      ]),
    );
  });

  it('is there again for the act that it was begun for, though nothing is left to do in it', async () => {
    const invited = await anInvited(worker.world, { view: { revision: 0 } });
    await worker.act(invited, {
      kind: 'start',
      origin: 'portal',
      plan: { sso: 'required' },
      domainPolicy: 'optional',
      reminders: false,
      domainVerified: false,
      connectionLive: true,
    });
    await eventually(async () => expect(await kindsOf(invited)).toContain('started'));
    await worker.client.workflow.getHandle(workflowIdOfOnboarding(invited)).terminate();

    await worker.act(invited, { kind: 'open_link', linkId: invited.link.id });

    await eventually(async () => expect(await kindsOf(invited)).toContain('opened'));
  });

  it('that ended as it should is not begun again: a late act is refused', async () => {
    const invited = await anInvitedCustomer();
    const workflowId = workflowIdOfOnboarding(invited);
    await worker.act(invited, { kind: 'cancel' });
    await eventually(async () => expect(await kindsOf(invited)).toContain('cancelled'));
    await worker.workflows.forget(workflowId);
    await eventually(async () => expect(await worker.workflows.stateOf(workflowId)).toBe('lost'));
    const longAgo = JSON.stringify(new Date(Date.now() - 8 * dayMs));
    await asSystem(worker.world, (tx) =>
      tx
        .updateTable('onboardingStates')
        .set({ state: sql`jsonb_set(state, '{endedAt}', ${longAgo}::jsonb)` })
        .where('onboardingId', '=', invited.onboarding.id)
        .execute(),
    );

    await worker.act(invited, { kind: 'undo_cancel' });

    await eventually(async () => {
      const last = await asSystem(worker.world, (tx) =>
        tx
          .selectFrom('commands')
          .select(['state', 'refusal'])
          .where('organizationId', '=', invited.customer.organizationId)
          .orderBy('seq', 'desc')
          .executeTakeFirst(),
      );
      expect(last).toEqual({ state: 'refused', refusal: 'onboarding_ended' });
    });
    expect(await worker.workflows.stateOf(workflowId)).toBe('lost');
  });
});
