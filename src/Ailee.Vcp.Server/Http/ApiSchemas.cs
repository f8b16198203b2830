using System.Text.Json.Serialization;
using Ailee.Vcp.Client;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace Ailee.Vcp.Server.Http;

/// <summary>
/// Which members are always there, and which may be null, as the contract's JSON has it: an answer leaves out what it has not, so nothing is
/// null, and what cannot be null is always there; a request says itself what it must have. Requests are the records that refuse unknown members.
/// </summary>
internal sealed class ApiSchemas : ISchemaFilter
{
    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is not OpenApiSchema { Properties: { } properties } concrete || VcpJson.Default.GetTypeInfo(context.Type) is not { } type)
        {
            return;
        }

        var isRequest = type.UnmappedMemberHandling == JsonUnmappedMemberHandling.Disallow;
        foreach (var member in type.Properties.Where(member => properties.ContainsKey(member.Name)))
        {
            // Only references tell by themselves whether they can be null.
            var canBeNull = Nullable.GetUnderlyingType(member.PropertyType) is not null || (!member.PropertyType.IsValueType && member.IsGetNullable);
            var mustBeSent = member.IsRequired || member.AssociatedParameter is { HasDefaultValue: false, IsNullable: false };
            if (isRequest ? mustBeSent : !canBeNull)
            {
                (concrete.Required ??= new HashSet<string>()).Add(member.Name);
            }

            if (properties[member.Name] is OpenApiSchema value && value.Type is { } kind && !(isRequest && canBeNull))
            {
                value.Type = kind & ~JsonSchemaType.Null;
            }
        }
    }
}
