/**
 * The built pages on a server of their own: test build, the api's content policy, placeholders filled, JSON from a fake.
 * For browser tests of the portal that are about its pages and not about the product behind them.
 */
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { newNonce, pagePolicy } from '../../api/middleware/security-headers.ts';
import type { Boot } from '../../portal/shared/boot.ts';
import { askForServer } from './ask-for-server.ts';

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
};

export type PortalAnswer = { status: number; body: unknown };

/** What the server shows until the next one. */
export type Scene = {
  /** Which of the built HTML entries; `dev` is the component book. */
  entry: 'customer' | 'staff' | 'dev';
  boot: Boot;
  /** Answers JSON; `path` with its query, from the root. Undefined: no answer comes as long as the page waits. */
  answer?: (method: string, path: string, body: unknown) => PortalAnswer | undefined;
};

export type PortalServer = {
  origin: string;
  show(scene: Scene): void;
  /** Every text of the boot data and of the answers since `show`: what pages may say without a catalogue. */
  texts(): ReadonlySet<string>;
  close(): Promise<void>;
};

export async function servePortal(): Promise<PortalServer> {
  const files = await readBuild((await askForServer('pages')).folder);
  let scene: Scene | undefined;
  let texts = new Set<string>();

  const server = http.createServer((request, response) => {
    void serve(request, response).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });

  async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = request.url ?? '/';
    const { pathname } = new URL(url, 'http://portal.test');
    const file = files.get(pathname);
    if (file !== undefined) {
      response.setHeader('content-type', types[path.extname(pathname)] ?? 'application/octet-stream');
      response.setHeader('cache-control', 'public, max-age=31536000, immutable');
      response.end(file);
    } else if (pathname === '/favicon.ico' || scene === undefined) {
      response.statusCode = 204;
      response.end();
    } else if (pathname.endsWith('/api/live')) {
      // Opened and silent: nothing changes while a test looks.
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(': here\n\n');
    } else if (/^\/(?:setup\/[^/]+|dashboard)\/api\/|^\/sandbox\//.test(pathname)) {
      await answerJson(scene, request, response);
    } else {
      drawPage(scene, response);
    }
  }

  async function answerJson(shown: Scene, request: http.IncomingMessage, response: http.ServerResponse) {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const sent = Buffer.concat(chunks).toString('utf8');
    const body: unknown = sent === '' ? undefined : JSON.parse(sent);
    const answer = shown.answer?.(request.method ?? 'GET', request.url ?? '/', body);
    if (answer === undefined) return;
    if (shown === scene) gatherTexts(answer.body, texts);
    const type = answer.status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(answer.status, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(answer.body === undefined ? '' : JSON.stringify(answer.body));
  }

  function drawPage({ entry, boot }: Scene, response: http.ServerResponse): void {
    const nonce = newNonce();
    const filled: Readonly<Record<string, string>> = {
      __NONCE__: nonce,
      __LANG__: boot.locale,
      __DIR__: 'ltr',
      __TITLE__: 'Vestibule',
      __BOOT__: JSON.stringify(boot).replaceAll('<', String.raw`\u003c`),
    };
    const html = files.get(`/${entry}/index.html`)?.toString('utf8') ?? '';
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('cache-control', 'no-store');
    response.setHeader('content-security-policy', pagePolicy(nonce));
    response.end(html.replace(/__(?:NONCE|LANG|DIR|TITLE|BOOT)__/g, (name) => filled[name] ?? name));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    show(next) {
      scene = next;
      texts = gatherTexts(next.boot, new Set());
    },
    texts: () => texts,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function gatherTexts(node: unknown, into: Set<string>): Set<string> {
  if (typeof node === 'string') into.add(node);
  else if (typeof node === 'object' && node !== null) {
    for (const [key, value] of Object.entries(node)) {
      if (!Array.isArray(node)) into.add(key);
      gatherTexts(value, into);
    }
  }
  return into;
}

/** All of it in memory, by the path it is served at: a newer build may take the folder away. */
async function readBuild(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => path.extname(name) !== '' && !name.startsWith('.'));
  return new Map(
    await Promise.all(
      files.map(async (name) => [`/${name}`, await readFile(path.join(folder, name))] as const),
    ),
  );
}
