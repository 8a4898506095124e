import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder that looks like the build of the pages, so that tests of the api need none. */
export async function aPortalBuild(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'vestibule-portal-'));
  for (const app of ['customer', 'staff']) {
    await mkdir(path.join(folder, app));
    await writeFile(
      path.join(folder, app, 'index.html'),
      `<!doctype html><html lang="__LANG__" dir="__DIR__" data-app="${app}"><head><title>__TITLE__</title><!--HEAD-->
<script type="application/json" id="boot" nonce="__NONCE__">__BOOT__</script>
<script type="module" src="/assets/main-1a2b.js" nonce="__NONCE__"></script></head>
<body><div id="app"><!--BODY--></div></body></html>`,
    );
  }
  await mkdir(path.join(folder, 'assets'));
  await writeFile(path.join(folder, 'assets', 'main-1a2b.js'), 'export {};\n');
  return folder;
}
