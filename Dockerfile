# syntax=docker/dockerfile:1
# One image for the api, the worker and the migrations: the command says which. Nothing is compiled, Node strips the types;
# only the workflows are bundled, so that every worker of this image runs the same code and starts without bundling.

FROM node:24-trixie-slim AS build
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json .npmrc ./
# No package of production has an install script that it needs.
RUN npm ci --omit=dev --ignore-scripts
# Temporal's core comes for five kinds of machine; only this one's is kept.
RUN find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
    ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} +

COPY domain domain
COPY lib lib
COPY store store
COPY workflows workflows
COPY activities activities
COPY api api
COPY worker worker
COPY verify verify
COPY backup backup
COPY migrations migrations
# A new volume takes over the owner of the folder that it covers, hence the two empty ones.
RUN node --input-type=module --eval "import { workflowBundle } from './worker/bundle.ts'; await workflowBundle();" \
    && mkdir -p /volumes/keys /volumes/root

# Debian's C library, because Temporal's core needs it: no Alpine. There is no shell and no package manager in it.
FROM gcr.io/distroless/nodejs24-debian13:nonroot
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0
# Owned by root, so that the process cannot change its own program.
COPY --from=build /app /app
COPY --from=build --chown=65532:65532 /volumes /var/lib/mayfly
EXPOSE 3000
CMD ["api/main.ts"]
