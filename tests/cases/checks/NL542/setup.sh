# A GIF of one image, whose data are blocks of 255 bytes.
{
    printf 'GIF89a\130\2\74\0\0\0\0'
    printf '\54\0\0\0\0\130\2\74\0\0\2'
    yes "$(printf '\377'; printf '%254s' '')" | head -c 7200000
    printf '\0;'
} > issues/sne.gif
