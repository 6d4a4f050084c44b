using System.Runtime.CompilerServices;

namespace GenApi.Calls.Tests.Running;

/// <summary>Waits for conditions, with an end that only a broken product reaches.</summary>
internal static class Wait
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Ends with the test.</summary>
    public static CancellationToken Ended => TestContext.Current.CancellationToken;

    public static Task For(Task task, [CallerArgumentExpression(nameof(task))] string? what = null) => Named(task.WaitAsync(Patience, Ended), what);

    public static async Task<T> For<T>(Task<T> task, [CallerArgumentExpression(nameof(task))] string? what = null)
    {
        await Named(task.WaitAsync(Patience, Ended), what);
        return await task;
    }

    /// <summary>Waits until it has ended, in whichever way.</summary>
    public static async Task ForEndOf(Task task)
    {
        await For(task.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default), "the end of the call");
    }

    /// <summary>Asks again and again until the answer is yes.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ended);
        patience.CancelAfter(Patience);
        while (!await condition())
        {
            if (patience.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited in vain for: {what}");
            }

            await Task.Delay(Pause, Ended);
        }
    }

    public static Task UntilAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null) =>
        UntilAsync(() => Task.FromResult(condition()), what);

    private static async Task Named(Task waiting, string? what)
    {
        try
        {
            await waiting;
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited in vain for: {what}");
        }
    }
}
