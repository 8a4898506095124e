import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ok, page, text } from '../../answers.ts';
import { route, type Route } from '../../route.ts';
import { OnboardingError } from '../../../onboarding/errors.ts';

/** `/openapi.json`, and `/docs` to read it in: served from here, under the same policy as every page. */
export function documentationRoutes(documented: readonly Route[]): readonly Route[] {
  const documents = new Map<string, object>();

  const openApi = route({
    method: 'GET',
    path: '/openapi.json',
    who: 'public',
    summary: 'This API as an OpenAPI 3.1 document',
    answers: { 200: 'OpenAPI 3.1 in JSON' },
    handler: async ({ deps: { urls } }) => {
      // What writes it is loaded with the first reader.
      const { openApiDocument } = await import('../../openapi.ts');
      const known = documents.get(urls.api) ?? openApiDocument(documented, urls.api);
      documents.set(urls.api, known);
      return ok(known);
    },
  });

  return [openApi, docs, docsFile];
}

const docs = route({
  method: 'GET',
  path: '/docs',
  who: 'public',
  summary: 'This API to read and to try',
  answers: { 200: 'a page' },
  handler: ({ request: { nonce } }) =>
    page(
      `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API reference</title>
<link rel="stylesheet" href="/docs/swagger-ui.css" nonce="${nonce}">
</head>
<body>
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js" nonce="${nonce}"></script>
<script nonce="${nonce}">
SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', validatorUrl: null, deepLinking: true });
</script>
</body>
</html>
`,
      { writesMarkup: true },
    ),
});

const files: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};
const folder = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const docsFile = route({
  method: 'GET',
  path: '/docs/:file',
  who: 'public',
  summary: 'What the page of /docs is made of',
  answers: { 200: 'a style sheet or a script' },
  handler: async ({ params: { file } }) => {
    const type = Object.hasOwn(files, file) ? files[file] : undefined;
    if (type === undefined) throw new OnboardingError('not_found');
    const answer = text(200, await readFile(path.join(folder, file), 'utf8'), type);
    return { ...answer, headers: { ...answer.headers, 'Cache-Control': 'public, max-age=3600' } };
  },
});
