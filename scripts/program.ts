import { createLogger, type Logger } from '../adapters/logger.ts';
import { readConfig, readMachine, type Config } from '../config.ts';
import { schemaState } from '../db/migrate.ts';
import { installLifecycle } from '../embedded/lifecycle.ts';
import { createParts, type Parts } from '../parts.ts';
import { whyNotListening } from './listening.ts';
import { complain, OperatorError, sentenceOf } from './operator.ts';

/** A production program: settings, a schema of our own version, the parts, and an orderly end. */
export async function runProgram(
  name: string,
  start: (config: Config, parts: Parts, log: Logger) => Promise<() => Promise<void>>,
): Promise<void> {
  const stops: (() => Promise<void>)[] = [];
  const lifecycle = installLifecycle({
    async stop() {
      for (const stop of stops.reverse()) await stop();
    },
    report: complain,
    isChildOfNpm: readMachine().isChildOfNpm,
  });
  try {
    const config = readConfig('program');
    const log = createLogger({ level: config.logLevel, program: name });
    const databaseUrl = required(config.database.url, 'DATABASE_URL');
    const schema = await schemaState({ databaseUrl });
    if (schema.state !== 'current') throw new OperatorError(schema.sentence);
    const parts = await createParts(
      config,
      {
        databaseUrl,
        temporalAddress: required(config.temporal.address, 'TEMPORAL_ADDRESS'),
        smtpUrl: required(config.mail.smtpUrl, 'SMTP_URL'),
        secretsKeys: config.secrets.keys ?? [],
      },
      log,
      name,
    );
    stops.push(() => parts.close());
    log.info({ keys: parts.secrets.keyIds, egressAllow: config.egress.allow }, `${name} starts`);
    stops.push(
      await start(config, parts, log).catch((error: unknown) => {
        throw whyNotListening(error, config);
      }),
    );
    log.info(`${name} is ready`);
  } catch (error) {
    complain(sentenceOf(error));
    lifecycle.stopNow('start failed', 1);
  }
}

function required(value: string | undefined, name: string): string {
  if (value === undefined) throw new OperatorError(`${name} is not set.`);
  return value;
}
