import http from 'node:http';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { axeViolations, describeWithBrowser } from './browser.ts';

await describeWithBrowser('the browser of the tests', (browser) => {
  test('axe names what is wrong, under a strict content policy too', async () => {
    const page = await browser().newPage();
    await using site = await serve(
      '<!doctype html><html lang="en"><title>t</title><main><h1>t</h1><img src="/x.png"></main>',
    );
    await page.goto(site.url);

    const violations = await axeViolations(page);

    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain('image-alt: img');
    await page.close();
  });

  test('axe looks anew at a page it has looked at before', async () => {
    const page = await browser().newPage();
    await using site = await serve(
      '<!doctype html><html lang="en"><title>t</title><style>@media (prefers-color-scheme: dark) { p { color: #eee } }</style><main><h1>t</h1><p>words to read</p></main>',
      '',
    );
    await page.goto(site.url);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await axeViolations(page)).toEqual([]);

    await page.emulateMedia({ colorScheme: 'dark' });

    expect(await axeViolations(page)).toEqual([expect.stringContaining('color-contrast: p')]);
    await page.close();
  });

  test('web security is on: a page cannot read another site', async () => {
    const page = await browser().newPage();
    await using other = await serve('secret');
    await using site = await serve('<!doctype html><title>t</title>', '');
    await page.goto(site.url);

    const read = await page.evaluate<string>(
      `fetch('${other.url}').then((a) => a.text(), (error) => error.name)`,
    );

    expect(read).toBe('TypeError');
    await page.close();
  });
});

async function serve(
  html: string,
  policy = "default-src 'none'",
): Promise<{ url: string } & AsyncDisposable> {
  const server = http.createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    if (policy) response.setHeader('content-security-policy', policy);
    response.end(html);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
