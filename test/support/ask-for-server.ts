import http from 'node:http';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import type { RunPages, RunPostgres, RunTemporal } from './run-servers.ts';

interface Answers {
  postgres: RunPostgres;
  temporal: RunTemporal;
  pages: RunPages;
}

/** Asks the leading process for a server of the run, which starts it if this is the first request. */
export async function askForServer<Name extends keyof Answers>(name: Name): Promise<Answers[Name]> {
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http
      .get({ socketPath: inject('serversSocket'), path: `/${name}`, agent: false }, resolve)
      .on('error', reject);
  });
  const body = await text(response);
  if (response.statusCode !== 200) throw new Error(`The run's ${name} server is not there: ${body}`);
  const answer: Answers[Name] = JSON.parse(body);
  return answer;
}
