import numpy as np
import pytest
from scipy.fft import rfft

from exoval.whitening.wavelet_bands import band_responses, white_share

#: Daubechies (1992), table 6.1, N = 6: the low-pass filter, of norm 1
DAUBECHIES_12 = np.array(
    [
        0.111540743350,
        0.494623890398,
        0.751133908021,
        0.315250351709,
        -0.226264693965,
        -0.129766867567,
        0.097501605587,
        0.027522865530,
        -0.031582039318,
        0.000553842201,
        0.004777257511,
        -0.001077301085,
    ]
)


@pytest.mark.parametrize(("size", "bands"), [(64, 2), (500, 5), (1001, 8)])
def test_squared_responses_add_up_to_one(size, bands):
    squared = band_responses(size, bands) ** 2
    assert np.allclose(squared.sum(axis=0), 1.0)
    assert sum(white_share(band, size) for band in np.sqrt(squared)) == pytest.approx(1.0)


def test_they_are_the_amplitudes_of_daubechies_filters():
    size = 256
    low = rfft(DAUBECHIES_12, size)
    high = rfft(DAUBECHIES_12[::-1] * (-1.0) ** np.arange(12), size)
    twice = rfft(np.insert(DAUBECHIES_12, range(1, 12), 0.0), size)
    twice_high = rfft(
        np.insert(DAUBECHIES_12[::-1] * (-1.0) ** np.arange(12), range(1, 12), 0.0), size
    )
    expected = np.abs([high / 2**0.5, low * twice_high / 2, low * twice / 2])
    assert np.allclose(band_responses(size, 3), expected, atol=1e-5)


def test_a_wave_lies_in_the_band_of_its_period():
    size = 1024
    squared = band_responses(size, 6) ** 2
    for band in range(5):
        middle = round(size / (2 ** (band + 1.5)))
        assert np.argmax(squared[:, middle]) == band
        assert squared[band, middle] > 0.8
