using System.Security.Cryptography.X509Certificates;
using Ailee.Vcp.Server.Diagnostics;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Prometheus;

namespace Ailee.Vcp.Server.Tls;

internal static class TlsServices
{
    public static IServiceCollection AddTls(this IServiceCollection services) => services
        .AddSingleton<ServerCertificates>()
        .AddSingleton<NodeAuthorities>()
        .AddHostedService(provider => provider.GetRequiredService<ServerCertificates>());

    /// <summary>Refuses nodes without a certificate where they need one; and shows when the server's own expires.</summary>
    public static IApplicationBuilder UseNodeCertificates(this WebApplication app)
    {
        var (registry, certificates) = (app.Services.GetRequiredService<ServerMetrics>().Registry, app.Services.GetRequiredService<ServerCertificates>());
        if (certificates.Current is not null)
        {
            var expiry = Metrics.WithCustomRegistry(registry).CreateGauge("vcp_tls_certificate_expiry_timestamp_seconds", "When the certificate that is shown expires, as Unix time.");
            registry.AddBeforeCollectCallback(() => expiry.Set(certificates.ExpiresAt!.Value.ToUnixTimeSeconds()));
        }

        return app.UseMiddleware<NodeCertificateCheck>();
    }

    /// <summary>For every https address.</summary>
    public static void Apply(KestrelServerOptions kestrel)
    {
        var (certificates, authorities) = (kestrel.ApplicationServices.GetRequiredService<ServerCertificates>(), kestrel.ApplicationServices.GetRequiredService<NodeAuthorities>());
        kestrel.ConfigureHttpsDefaults(https => Apply(https, certificates, authorities));
    }

    private static void Apply(HttpsConnectionAdapterOptions https, ServerCertificates certificates, NodeAuthorities authorities)
    {
        if (certificates.Current is not null)
        {
            https.ServerCertificateSelector = (_, _) => certificates.Current.TargetCertificate;
            https.OnAuthenticate = (_, authentication) =>
            {
                // The selector gives no chain.
                authentication.ServerCertificateContext = certificates.Current;
                authentication.ServerCertificateSelectionCallback = null;
            };
        }

        if (authorities.AreNeeded)
        {
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            // Clients that are no nodes may have whatever certificate; whether it is a node's is looked at by call, where there is an answer for it.
            https.ClientCertificateValidation = (X509Certificate2 _, X509Chain? _, System.Net.Security.SslPolicyErrors _) => true;
        }
    }
}
