import { createHash } from 'node:crypto';
import { sinkFaults, type SinkFault } from './faults.ts';
import { createSink, type Sink } from './sink.ts';

/** The sinks of one process: one for each environment, found by the token in its addresses. */
export interface Sinks {
  of(environmentId: string): Sink;
  find(token: string): Promise<Sink | undefined>;
}

/**
 * A sink that streams point to is there again after a restart, before anybody looks: its token follows from its environment.
 * `listEnvironmentIds` names all that have one, and is asked for a token that nobody has come with yet.
 */
export function createSinks({
  now,
  listEnvironmentIds,
}: {
  now: () => Date;
  listEnvironmentIds: () => Promise<readonly string[]>;
}): Sinks {
  const sinks = new Map<string, Sink>();
  const of = (environmentId: string): Sink => {
    const token = createHash('sha256').update(`test-sink ${environmentId}`).digest('hex').slice(0, 24);
    const sink = sinks.get(token) ?? createSink({ token, now });
    sinks.set(token, sink);
    return sink;
  };
  return {
    of,
    async find(token) {
      if (!sinks.has(token) && /^[0-9a-f]{24}$/.test(token)) (await listEnvironmentIds()).forEach(of);
      return sinks.get(token);
    },
  };
}

/** The sinks as the sandbox's pages and scripts turn them. */
export function testSinkPanel(sinks: Sinks) {
  const addressOf = (environmentId: string, url: string): string =>
    `${url}/test-sink/${sinks.of(environmentId).token}`;
  return {
    addressOf,
    getState(environmentId: string, url: string, find: string) {
      const sink = sinks.of(environmentId);
      const at = addressOf(environmentId, url);
      const { faults, ...state } = sink.read({ find });
      return {
        ...state,
        faults: sinkFaults.map((id) => ({ id, isOn: faults.includes(id) })),
        addresses: {
          base: at,
          splunk: `${at}/splunk/services/collector/event`,
          datadog: `${at}/datadog`,
          s3: `${at}/s3`,
          https: `${at}/https`,
        },
        credentials: sink.credentials,
      };
    },
    change(
      environmentId: string,
      {
        faults,
        signingSecret,
      }: { faults?: readonly SinkFault[] | undefined; signingSecret?: string | null | undefined },
    ): void {
      const sink = sinks.of(environmentId);
      if (faults !== undefined) sink.setFaults(faults);
      if (signingSecret !== undefined) sink.setSigningSecret(signingSecret);
    },
    reset(environmentId: string): void {
      sinks.of(environmentId).reset();
    },
  };
}
