import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { z } from 'zod';
import { developerError } from './contract/developer-lists.ts';
import type { Route } from './route.ts';

/** The developer API as an OpenAPI 3.1 document, made from the very rows and schemas that answer. */
export function openApiDocument(routes: readonly Route[], serverUrl: string): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    const path = route.path.replace(/[:*](\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Vestibule',
        version: '1',
        description:
          'The developer API: the shapes of the WorkOS API for onboarding, and onboardings of our own.',
      },
      servers: [{ url: serverUrl }],
      security: [{ apiKey: [] }],
      components: {
        securitySchemes: {
          apiKey: { type: 'http', scheme: 'bearer' },
          accessToken: { type: 'http', scheme: 'bearer', description: 'The access token of `/sso/token`' },
        },
      },
      paths,
    },
    {
      override: ({ jsonSchema, zodSchema }) => {
        // The pattern of an instant fills ten lines and says what the format says.
        if (zodSchema._zod.def.type === 'string' && jsonSchema.format === 'date-time')
          delete jsonSchema.pattern;
      },
    },
  );
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const names = [...route.path.matchAll(/[:*](\w+)/g)].map(([, name = '']) => name);
  const params = z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
  return {
    summary: route.summary,
    ...(route.scope === undefined ? {} : { description: scopeWords(route.scope, route.method) }),
    tags: [tagOf(route.path)],
    ...securityOf(route),
    requestParams: {
      ...(names.length === 0 ? {} : { path: params }),
      // What a body may hold as well is told of there.
      ...(route.query === undefined || route.query === route.body ? {} : { query: route.query }),
    },
    ...(route.body === undefined
      ? {}
      : { requestBody: { content: { 'application/json': { schema: route.body } } } }),
    responses: {
      ...answersOf(route),
      ...(!isOfSignIn(route) && {
        default: { description: 'Refused', content: { 'application/json': { schema: developerError } } },
      }),
    },
  };
}

/** Their refusals are pages, ways back to the app, or of OAuth's shape, and stand among their answers. */
const isOfSignIn = ({ who, path }: Route): boolean => who !== 'api_key' && path.startsWith('/sso/');

/** Where no key of the environment is asked for. */
function securityOf({ who }: Route): Pick<ZodOpenApiOperationObject, 'security'> {
  if (who === 'api_key') return {};
  return { security: who === 'sso_token' ? [{ accessToken: [] }] : [] };
}

function answersOf({ answers }: Route): ZodOpenApiOperationObject['responses'] {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      typeof answer === 'string'
        ? { description: answer }
        : {
            description: Number(status) < 400 ? 'Done' : 'Refused',
            content: { 'application/json': { schema: answer } },
          },
    ]),
  );
}

const scopeWords = (scope: string, method: Route['method']): string =>
  `Needs a key with the scope \`${scope}\`${method === 'GET' ? ', `read`' : ''} or \`full\`.`;

/** The object a path is about: its first segment. */
const tagOf = (path: string): string => (path.split('/')[1] ?? '').replaceAll('_', ' ');
