# Build and run with: docker build -t ailee-vcp . && docker run -p 8080:8080 -v vcp-data:/data ailee-vcp
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY Directory.Build.props ./
COPY src ./src
# First every package as src/*/packages.lock.json has it, checked by content; then nothing but those: /none is an empty source.
RUN dotnet restore src/Ailee.Vcp.Server --locked-mode && mkdir /none
RUN dotnet publish src/Ailee.Vcp.Server -c Release --use-current-runtime --self-contained false -p:RestoreSources=/none -o /app

# Debian based: there is no musl build of the Wasmtime library, so no Alpine image.
FROM mcr.microsoft.com/dotnet/aspnet:10.0
# With sbom.cdx.json, the bill of materials.
COPY --from=build /app /app
RUN mkdir -m 0700 /data && chown app:app /data
USER app
WORKDIR /data
VOLUME /data
ENV ASPNETCORE_HTTP_PORTS= \
    ASPNETCORE_URLS=http://0.0.0.0:8080 \
    Storage__DataDirectory=/data
EXPOSE 8080
ENTRYPOINT ["dotnet", "/app/Ailee.Vcp.Server.dll"]
