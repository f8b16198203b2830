namespace Ailee.Vcp.ProductionDemo;

/// <summary>The demo cannot go on; the message says why in a sentence or two.</summary>
internal sealed class DemoException(string message) : Exception(message);
