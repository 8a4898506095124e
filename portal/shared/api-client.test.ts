import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiProblem, createApiClient } from './api-client.ts';

const sent = vi.fn<typeof fetch>();
const answer = (status: number, body: unknown, type = 'application/json') =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': type } });

beforeEach(() => {
  vi.stubGlobal('fetch', sent);
  sent.mockReset();
});
afterEach(() => vi.unstubAllGlobals());

const headersOfCall = (at: number) => new Headers(sent.mock.calls[at]?.[1]?.headers);

describe('the api client', () => {
  it('[LNK-09] sends our header and the handle of the session the page was drawn for with every request', async () => {
    sent.mockImplementation(async () => answer(200, {}));
    const client = createApiClient({ apiPath: '/setup/acme/api', sessionHandle: 'ses_1' });

    await client.get('/home');
    await client.post('/sso/tests');

    for (const at of [0, 1]) {
      expect(headersOfCall(at).get('x-vestibule-request')).toBe('1');
      expect(headersOfCall(at).get('x-vestibule-session')).toBe('ses_1');
    }
    expect(sent.mock.calls.map(([url]) => url)).toEqual([
      '/setup/acme/api/home',
      '/setup/acme/api/sso/tests',
    ]);
  });

  it('gives every command JSON and a key of its own, unless the caller keeps one for its retries', async () => {
    sent.mockImplementation(async () => answer(200, {}));
    const client = createApiClient({ apiPath: '' });

    await client.post('/a');
    await client.post('/a');
    await client.put('/a', { x: 1 }, { idempotencyKey: 'kept' });
    await client.get('/a');

    const keys = [0, 1, 2, 3].map((at) => headersOfCall(at).get('idempotency-key'));
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[1]).not.toBe(keys[0]);
    expect(keys.slice(2)).toEqual(['kept', null]);
    expect(headersOfCall(0).get('content-type')).toBe('application/json');
  });

  it('turns a problem answer into code, facts and fields', async () => {
    sent.mockResolvedValue(
      answer(
        400,
        {
          code: 'invalid_request',
          facts: { most: 3 },
          fields: { email: 'email_invalid' },
          request_id: 'req_1',
        },
        'application/problem+json',
      ),
    );

    const refusal = await createApiClient({ apiPath: '' })
      .post('/a')
      .catch((error: unknown) => error);

    expect(refusal).toMatchObject({
      code: 'invalid_request',
      status: 400,
      facts: { most: 3 },
      fields: { email: 'email_invalid' },
      requestId: 'req_1',
    });
  });

  it('calls an answer that is no problem unexpected, and never shows its text', async () => {
    sent.mockResolvedValue(
      new Response('<h1>502</h1>', { status: 502, headers: { 'content-type': 'text/html' } }),
    );

    await expect(createApiClient({ apiPath: '' }).get('/a')).rejects.toMatchObject({
      code: 'unexpected',
      status: 502,
    });
  });

  it.each([
    [new TypeError('Failed to fetch'), 'offline'],
    [new DOMException('', 'TimeoutError'), 'timed_out'],
  ])('tells %s as %s', async (thrown, code) => {
    sent.mockRejectedValue(thrown);

    await expect(createApiClient({ apiPath: '' }).get('/a')).rejects.toMatchObject({ code, status: 0 });
  });

  it('passes on that the caller gave up, which is no problem', async () => {
    sent.mockRejectedValue(new DOMException('', 'AbortError'));

    await expect(createApiClient({ apiPath: '' }).get('/a')).rejects.not.toBeInstanceOf(ApiProblem);
  });

  it.each(['session_ended', 'session_differs'])('tells the shell of %s', async (code) => {
    sent.mockResolvedValue(answer(409, { code }));
    const told = vi.fn<(problem: ApiProblem) => void>();

    await createApiClient({ apiPath: '', onSessionProblem: told })
      .get('/a')
      .catch(() => undefined);

    expect(told).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code }));
  });

  it('takes the end of a link for that of the session only where sessions come from links', async () => {
    sent.mockImplementation(() => Promise.resolve(answer(410, { code: 'link_ended' })));
    const told = vi.fn<(problem: ApiProblem) => void>();
    const act = (alsoEnds: string[]) =>
      createApiClient({ apiPath: '', alsoEnds, onSessionProblem: told })
        .get('/a')
        .catch(() => undefined);

    await act([]);
    expect(told).not.toHaveBeenCalled();
    await act(['link_ended']);
    expect(told).toHaveBeenCalledOnce();
  });

  it('tells the shell whether an act waits for the engine', async () => {
    const told = vi.fn<(isQueued: boolean) => void>();
    const client = createApiClient({ apiPath: '', onQueued: told });
    for (const status of ['queued', 'applied']) sent.mockResolvedValueOnce(answer(200, { status, view: {} }));
    sent.mockResolvedValueOnce(answer(200, { savedAt: '' }));

    await client.post('/a');
    await client.post('/a');
    await client.put('/a');

    expect(told.mock.calls).toEqual([[true], [false]]);
  });
});
