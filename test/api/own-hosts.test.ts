import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi, type ApiServer } from '../../api/server.ts';
import { startTestApi, type TestApi } from '../support/api.ts';

/** Each surface on a host of its own, as production has it: what a page asks for is there under the page's own host. */
const hosts = { api: 'api.example', portal: 'setup.example', dashboard: 'dashboard.example' };

let api: TestApi;
let apart: ApiServer;
beforeAll(async () => {
  api = await startTestApi();
  const urls = Object.fromEntries(
    Object.entries(hosts).map(([surface, host]) => [surface, `https://${host}`]),
  );
  const deps = { ...api.deps, urls: { ...api.deps.urls, ...urls } };
  apart = await startApi(deps, { listen: { hosts: ['127.0.0.1'], port: 0 }, operators: null });
});
afterAll(async () => {
  await apart.close(0);
  await api.close();
});

test.each([
  ['the page of the dashboard’s sign-in', hosts.dashboard, '/dashboard/sign-in'],
  ['the page of a link into the dashboard', hosts.dashboard, '/dashboard/sign-in/vb_signin_unknown'],
  ['the page of a dead set-up link', hosts.portal, '/setup/nobody/vb_setup_unknown'],
  ['the page of no set-up', hosts.portal, '/setup/nobody'],
  ['the page of a sign-in that cannot go on', hosts.api, '/sso/authorize'],
  ['the page of the developers’ documents', hosts.api, '/docs'],
])('[UI-01] %s finds all its files under its own host', async (_name, host, path) => {
  const { type, body } = await get(host, path);
  expect(type).toContain('text/html');
  const files = [...body.matchAll(/(?:href|src)="(\/[^"]+\.(?:css|js|svg|png|ico))"/g)].map(
    ([, file]) => file ?? '',
  );

  expect(files).not.toEqual([]);
  expect(await Promise.all(files.map(async (file) => [file, (await get(host, file)).status]))).toEqual(
    files.map((file) => [file, 200]),
  );
});

test('a request with two hosts is meant for nobody, whichever of them is ours', async () => {
  for (const two of [
    [hosts.api, 'evil.example'],
    ['evil.example', hosts.api],
    [hosts.api, hosts.dashboard],
  ]) {
    const socket = connect(apart.port, '127.0.0.1');
    socket.end(['GET /healthz HTTP/1.1', ...two.map((host) => `Host: ${host}`), '', ''].join('\r\n'));
    const answer = (await socket.setEncoding('latin1').toArray()).join('');

    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  }
});

/** `fetch` lets nobody choose the Host header. */
async function get(host: string, path: string): Promise<{ status: number; type: string; body: string }> {
  const sent = request(`http://127.0.0.1:${apart.port}${path}`, {
    headers: { host, accept: 'text/html' },
  }).end();
  const [response] = await once(sent, 'response');
  const body = (await response.setEncoding('utf8').toArray()).join('');
  return { status: response.statusCode, type: String(response.headers['content-type']), body };
}
