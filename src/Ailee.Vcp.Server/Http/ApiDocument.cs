using System.Text;
using System.Text.Json.Nodes;
using Ailee.Vcp.Client;
using Ailee.Vcp.Core.Cose;
using Ailee.Vcp.Core.Execution;
using Ailee.Vcp.Core.Statements;
using Ailee.Vcp.Sandbox;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.Swagger;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Ailee.Vcp.Server.Http;

/// <summary>The OpenAPI document and its page, <c>/swagger</c>. The examples run as they stand: first upload the module, then submit the task.</summary>
internal static class ApiDocument
{
    private const string Version = "v1";
    private const string Path = $"/swagger/{Version}/swagger.json";

    private const string ExampleModule = """
        (module
          (func (export "add") (param i32 i32) (result i32)
            (i32.add (local.get 0) (local.get 1))))
        """;

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services
        .AddEndpointsApiExplorer()
        .AddSwaggerGen(options =>
        {
            options.SwaggerDoc(Version, new OpenApiInfo
            {
                Title = "Ailee.Vcp",
                Version = Version,
                Description = "Verifiable computation: upload a WebAssembly module, submit a task, get its output and a signed statement about it.",
            });
            options.AddSecurityDefinition("key", new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key. Not needed while the server listens on loopback only.",
            });
            options.AddSecurityRequirement(document => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("key", document)] = [] });
            // HEAD goes wherever GET does, so the document need not say it.
            options.DocInclusionPredicate((_, call) => !HttpMethods.IsHead(call.HttpMethod ?? string.Empty));
            options.MapType<ReadOnlyMemory<byte>>(() => new OpenApiSchema { Type = JsonSchemaType.String, Format = "byte" });
            options.CustomSchemaIds(SchemaId);
            options.SchemaFilter<ApiSchemas>();
            options.OperationFilter<Examples>();
            // After the bodies are known.
            options.OperationFilter<ApiAnswers>();
        });

    // Proofs of a trace's leaves have a record of that name too.
    private static string SchemaId(Type type) => type == typeof(Client.Log.InclusionView) ? "LogInclusionView"
        : type.IsConstructedGenericType ? string.Concat(type.GetGenericArguments().Select(SchemaId)) + type.Name.Split('`')[0]
        : type.Name;

    public static void UseApiDocument(this WebApplication app)
    {
        // Made at the first request for it: it takes a while, and never changes.
        var document = new Lazy<Task<byte[]>>(() => WriteAsync(app.Services));
        app.Use((context, next) => context.Request.Path == Path && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
            ? AnswerAsync(context, document.Value)
            : next(context));
        app.UseSwaggerUI(options => options.SwaggerEndpoint(Path, "Ailee.Vcp v1"));
    }

    private static async Task<byte[]> WriteAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var document = await scope.ServiceProvider.GetRequiredService<IAsyncSwaggerProvider>().GetSwaggerAsync(Version);
        return Encoding.UTF8.GetBytes(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_0));
    }

    private static async Task AnswerAsync(HttpContext context, Task<byte[]> document)
    {
        var bytes = await document;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    /// <summary>Examples for request bodies and for the module's digest.</summary>
    private sealed class Examples : IOperationFilter
    {
        private static readonly string Digest = Core.Digest.Of(WasmSandbox.ConvertText(ExampleModule)).ToString();

        public void Apply(OpenApiOperation operation, OperationFilterContext context)
        {
            var path = $"{context.ApiDescription.HttpMethod} {context.ApiDescription.RelativePath?.TrimEnd('/')}";
            switch (path)
            {
                case "POST api/v1/modules":
                    // Text stands first, so that the page offers what can be typed.
                    operation.RequestBody = new OpenApiRequestBody
                    {
                        Required = true,
                        Content = new Dictionary<string, IOpenApiMediaType>
                        {
                            [MediaTypes.Wat] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String }, Example = JsonValue.Create(ExampleModule) },
                            [MediaTypes.Wasm] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
                        },
                    };
                    break;
                case "POST api/v1/log/add-checkpoint":
                    // It takes the body under any media type, which a declaration would not let it.
                    operation.RequestBody = new OpenApiRequestBody
                    {
                        Required = true,
                        Content = new Dictionary<string, IOpenApiMediaType> { [MediaTypes.Text] = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } } },
                    };
                    break;
                case "POST api/v1/tasks":
                    ((OpenApiMediaType)operation.RequestBody!.Content![MediaTypes.Json]).Example = new JsonObject { ["module"] = Digest, ["entrypoint"] = "add", ["args"] = new JsonArray(2, 40) };
                    operation.Parameters = [Header("Prefer", "wait=30"), Header("Idempotency-Key", null)];
                    break;
                case "POST api/v1/proofs/verify":
                    operation.Description = "The example is a statement by a key made for this page, about a run that no node made: it is valid, and worth nothing.";
                    ((OpenApiMediaType)operation.RequestBody!.Content![MediaTypes.Json]).Example = new JsonObject { ["statement"] = ExampleStatement() };
                    break;
                case "GET api/v1/modules/{digest}" or "GET api/v1/modules/{digest}/content" or "DELETE api/v1/modules/{digest}":
                    ((OpenApiParameter)operation.Parameters![0]).Example = JsonValue.Create(Digest);
                    break;
            }
        }

        private static string ExampleStatement()
        {
            using var key = SigningKey.FromSeed(new byte[SigningKey.SeedSizeBytes]);
            var nothing = Core.Digest.Of([]);
            var payload = new StatementPayload
            {
                Task = default,
                Nonce = default,
                Profile = nothing,
                Module = Core.Digest.Parse(Digest),
                Entrypoint = "add",
                Input = nothing,
                Outcome = Outcome.Completed,
                ExitCode = 0,
                Output = nothing,
                TraceRoot = nothing,
                TraceLeaves = 2,
                Instructions = 4,
                Gas = 4,
                MemoryPages = 0,
                ExecutionHash = default,
            }.WithExecutionHash();
            return Convert.ToBase64String(SignedStatement.Sign(key, payload, issuedAtSeconds: 0, counter: 1).Bytes.Span);
        }

        private static OpenApiParameter Header(string name, string? example) => new()
        {
            Name = name,
            In = ParameterLocation.Header,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Example = example is null ? null : JsonValue.Create(example),
        };
    }
}
