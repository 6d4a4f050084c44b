using System.Text;
using Microsoft.AspNetCore.Http;

namespace GenApi.Gateway.Tests.Configs;

/// <summary>What a node answers that is not what it should.</summary>
internal static class NodeFaults
{
    /// <param name="http">The request.</param>
    /// <param name="how">The name of a fault, a status, or else the text of the answer.</param>
    public static async Task AnswerAsync(HttpContext http, string how)
    {
        switch (how)
        {
            case "endless":
                while (!http.RequestAborted.IsCancellationRequested)
                {
                    await http.Response.WriteAsync(new string(' ', 64 * 1024), http.RequestAborted);
                }

                break;
            case "announced":
                http.Response.ContentLength = 5000;
                await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(new string(' ', 5000)), http.RequestAborted);
                break;
            case "silent":
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
                break;
            case "stuck":
                await http.Response.WriteAsync("{", http.RequestAborted);
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
                break;
            case "abort":
                http.Abort();
                break;
            case "302":
                http.Response.Headers.Location = "/genapi/elsewhere";
                http.Response.StatusCode = 302;
                break;
            case var status when int.TryParse(status, out var code):
                http.Response.StatusCode = code;
                break;
            default:
                await http.Response.WriteAsync(how, http.RequestAborted);
                break;
        }
    }
}
