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
    expect(keys[0]).toMatch(/^\d+(-\d+){3}$/);
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

  it.each([
    [502, 'offline'],
    [503, 'offline'],
    [504, 'offline'],
    [413, 'body_too_large'],
    [403, 'unexpected'],
  ])('reads %i from a proxy in the product’s stead as %s, and never shows its text', async (status, code) => {
    const texts = [
      ['<h1>nginx</h1>', 'text/html'],
      ['{"message":"from a gateway"}', 'application/json'],
    ] as const;
    for (const [body, type] of texts) {
      sent.mockResolvedValue(new Response(body, { status, headers: { 'content-type': type } }));

      await expect(createApiClient({ apiPath: '' }).post('/a')).rejects.toMatchObject({
        code,
        status,
        isRefusal: false,
      });
    }
  });

  it.each([
    [409, 'conflict', true],
    [409, 'idempotency_in_progress', false],
    [503, 'service_unavailable', false],
  ])('takes %i %s for a no of the product: %s', async (status, code, isRefusal) => {
    const facts = code === 'idempotency_in_progress' ? { retry_after_s: 1 } : {};
    sent.mockResolvedValue(answer(status, { code, facts }));

    await expect(createApiClient({ apiPath: '' }).post('/a')).rejects.toMatchObject({ code, isRefusal });
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
