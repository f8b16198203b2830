using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace Ailee.Vcp.Server.Tls;

/// <summary>Whose certificates nodes need. Thread-safe.</summary>
internal sealed class NodeAuthorities
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection _authorities = [];
    private readonly ConditionalWeakTable<X509Certificate2, object> _good = [];
    private readonly TimeProvider _time;

    /// <exception cref="StartupException">A file cannot be used.</exception>
    public NodeAuthorities(IOptions<TlsOptions> options, TimeProvider time)
    {
        _time = time;
        foreach (var file in options.Value.NodeAuthorities)
        {
            try
            {
                var before = _authorities.Count;
                _authorities.ImportFromPemFile(file);
                if (_authorities.Count == before)
                {
                    throw new CryptographicException("There is no certificate in it.");
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
            {
                throw new StartupException($"Tls:NodeAuthorities: {file} cannot be used: {exception.Message}");
            }
        }
    }

    /// <summary>Whether nodes need a certificate.</summary>
    public bool AreNeeded => _authorities.Count > 0;

    /// <summary>Whether the certificate of a connection is of one of the authorities, valid now, and for clients.</summary>
    public bool IsOfNode(X509Certificate2? certificate)
    {
        if (certificate is null)
        {
            return false;
        }

        // A chain is built once for a connection, whose certificate is always the same object.
        if (_good.TryGetValue(certificate, out _))
        {
            return _time.GetUtcNow() <= certificate.NotAfter;
        }

        var isGood = HasChain(certificate);
        if (isGood)
        {
            _good.AddOrUpdate(certificate, certificate.Thumbprint);
        }

        return isGood;
    }

    private bool HasChain(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(_authorities);
        policy.ExtraStore.AddRange(_authorities);
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        // An authority that is meant for this server alone ends a node's certificate by its time, or is replaced.
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.VerificationTimeIgnored = false;
        policy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        return chain.Build(certificate);
    }
}
