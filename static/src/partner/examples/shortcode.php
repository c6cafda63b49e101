<?php
// WordPress: into your theme's functions.php, or a small plugin. Then write
// [junban service="1234-1"] on a page.
add_shortcode('junban', function ($given) {
    $given = shortcode_atts(['service' => '1234-1', 'lang' => 'ja', 'show' => 'waiting message'], $given);
    wp_enqueue_script('junban', 'https://junban.example/embed/v1.js', [], null, true);
    return sprintf(
        '<junban-board service="%s" lang="%s" show="%s"></junban-board>',
        esc_attr($given['service']),
        esc_attr($given['lang']),
        esc_attr($given['show'])
    );
});
