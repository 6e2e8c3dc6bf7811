# Rollcall in a container: built from the sources, run by a user without rights, with its data in one volume.
#   docker build -t rollcall .
#   docker run -p 8088:8088 -v rollcall:/var/lib/rollcall -v ./rollcall.yaml:/etc/rollcall/rollcall.yaml:ro rollcall
#   docker exec -i CONTAINER node dist/cli.js user set 1000 --admin --password-stdin

FROM node:20-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json link-bin.mjs ./
COPY src ./src
COPY client ./client
COPY web ./web
RUN npm run build

FROM node:20-slim
# Variables count before a settings file: to change these two, set the variables.
ENV NODE_ENV=production \
    ROLLCALL_DATA=/var/lib/rollcall \
    ROLLCALL_LISTEN_HOST=0.0.0.0
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY --from=build /build/dist ./dist
COPY LICENSE ./
COPY config ./config
# The image brings the user node, 1000.
RUN install --directory --mode=0700 --owner=1000 --group=1000 /var/lib/rollcall
USER 1000:1000
VOLUME /var/lib/rollcall
EXPOSE 8088
# Asks at the port of ROLLCALL_LISTEN_PORT, without TLS: with listen.tls, or another port in a settings file, give your own.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ROLLCALL_LISTEN_PORT ?? 8088}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/cli.js"]
CMD ["run"]
