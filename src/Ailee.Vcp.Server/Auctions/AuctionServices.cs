namespace Ailee.Vcp.Server.Auctions;

internal static class AuctionServices
{
    public static IServiceCollection AddAuctions(this IServiceCollection services) => services
        .AddSingleton<AuctionAlarm>()
        .AddSingleton<AuctionFloor>()
        .AddSingleton<AuctionBids>()
        .AddSingleton<AuctionMetrics>()
        .AddSingleton<AuctionHouse>()
        .AddHostedService<AuctionService>();
}
